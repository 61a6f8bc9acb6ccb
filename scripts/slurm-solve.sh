#!/bin/sh
#SBATCH --job-name=ystep-solve
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --time=12:00:00
#SBATCH --output=solve-%j.log
# One y-step over the tasks of a Slurm job, each with its rows (docs/scaling.md):
#
#   sbatch --nodes=4 scripts/slurm-solve.sh softmax.npy labels.npz --lambda 10
#
# BATCH and LABELS are on a file system that all nodes share. Without Slurm:
#
#   mpirun -n 4 ystep solve softmax.npy -o labels.npz --lambda 10
#
# Usage: slurm-solve.sh BATCH LABELS [OPTION of ystep solve]...
# The program, built with MPI, is $YSTEP, or else build/ystep.
set -eu
[ $# -ge 2 ] || { echo "usage: slurm-solve.sh BATCH LABELS [OPTION]..." >&2; exit 2; }
batch=$1
labels=$2
shift 2
exec srun --mpi="${SLURM_MPI_TYPE:-pmix}" "${YSTEP:-build/ystep}" solve "$batch" \
  -o "$labels" --threads "${SLURM_CPUS_PER_TASK:-1}" "$@"
