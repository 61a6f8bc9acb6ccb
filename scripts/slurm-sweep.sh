#!/bin/sh
#SBATCH --job-name=ystep
#SBATCH --cpus-per-task=4
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --output=sweep-%A_%a.log
# A sweep as a Slurm job array: every task does one shard into a directory of its
# own. A task that is requeued, or the whole array submitted again, goes on where
# it was.
#
#   sbatch --array=1-8 scripts/slurm-sweep.sh bench/sweeps/broad.yaml results/broad
#   ystep merge results/broad/all results/broad/shard-*
#
# On machines without Slurm, the same with GNU parallel:
#
#   parallel ystep sweep FILE.yaml --shard {}/8 -o DIR/shard-{} --resume --threads 1 ::: $(seq 8)
#
# Usage: slurm-sweep.sh FILE.yaml DIR [OPTION of ystep sweep]...
# The program is $YSTEP, or else build/ystep. Number the array from 1.
set -eu
[ $# -ge 2 ] || { echo "usage: slurm-sweep.sh FILE.yaml DIR [OPTION]..." >&2; exit 2; }
file=$1
dir=$2
shift 2
mkdir -p "$dir"

# A failed run (exit status 1) is a row of the table, not a failed task.
status=0
"${YSTEP:-build/ystep}" sweep "$file" \
  --shard "${SLURM_ARRAY_TASK_ID:-1}/${SLURM_ARRAY_TASK_COUNT:-1}" \
  -o "$dir/shard-${SLURM_ARRAY_TASK_ID:-1}" --resume \
  --threads "${SLURM_CPUS_PER_TASK:-1}" "$@" || status=$?
[ "$status" -le 1 ] || exit "$status"
