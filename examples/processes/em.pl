#!/usr/bin/perl
# The paper's EM in Perl, which has no package for it: docs/exec-protocol.md spoken by
# hand. The formulas are those of em_torch.py, a row at a time.
#
#   ystep run -p dirichlet:M=100,K=5 \
#     -s em 'exec:command=perl examples/processes/em.pl,name=em_perl' -o out
use strict;
use warnings;
use JSON::PP;
use List::Util qw(max sum);

sub say_line { syswrite STDOUT, "$_[0]\n" }    # unbuffered: the harness waits for it
sub refuse { say_line("error $_[0]"); exit 1 }

# Bytes of a file, from `at` on.
sub bytes {
    my ($path, $at, $count) = @_;
    open my $file, '<:raw', $path or refuse("$path: $!");
    seek $file, $at, 0;
    (read $file, my $found, $count) == $count or refuse("$path is short");
    return $found;
}

# Numbers of a file: d is NumPy's float64, f its float32.
sub numbers {
    my ($path, $at, $type, $count) = @_;
    return [unpack "$type<*", bytes($path, $at, $count * ($type eq 'd' ? 8 : 4))];
}

# A row's M step from a_k = nu_k y_k, in place: y_k = a_k top / (sigma_k z + b (top -
# sigma_k)), z such that they add up to 1, by Newton's method on 1 / sum.
sub solve_row {
    my ($y, $sigma, $nu) = @_;
    my @a = map { $y->[$_] > 0 ? max($nu->[$_] * $y->[$_], 1e-290) : 0 } 0 .. $#$nu;
    my @s = map { $a[$_] > 0 ? $sigma->[$_] : 0 } 0 .. $#a;
    my ($top, $total) = (max(@s), sum(@a));
    my ($least) = map { $a[$_] } grep { $s[$_] == $top } 0 .. $#s;
    my $b = 1 + $total;
    my $mean = sum(map { $a[$_] * $s[$_] } 0 .. $#a);
    my $z = max($b * (1 - 1e-12) - $top * $total / $mean, $least);
    for (1 .. 100) {
        my ($sum, $fall) = (0, 0);
        for my $k (0 .. $#a) {
            my $inverse = $top / ($s[$k] * $z + $b * ($top - $s[$k]));
            $sum  += $a[$k] * $inverse;
            $fall += $a[$k] * $inverse * $s[$k] * $z / $top * $inverse;
        }
        my $share = $sum * ($sum - 1) / $fall;
        $z = max($z + $z * $share, $least);
        last if abs($share) < 1e-8 || abs($sum - 1) <= 1e-14;
    }
    my @new = map { $a[$_] * $top / ($s[$_] * $z + $b * ($top - $s[$_])) } 0 .. $#a;
    my $sum = sum(@new);
    return map { $_ / $sum } @new;
}

my $p = decode_json(scalar <STDIN>);
refuse("em.pl speaks version 1") if $p->{ystep} != 1;
refuse("em.pl serves collision, strong fairness, lambda > 0")
  if $p->{loss} ne 'collision' || $p->{fairness} ne 'strong' || $p->{lambda} == 0;
refuse("em.pl has no option '$_'") for keys %{$p->{options}};

my ($m, $n) = @$p{qw(rows classes)};
my $sigma = numbers(@$p{qw(sigma sigma_offset)}, $p->{sigma_type} eq 'float64' ? 'd' : 'f', $m * $n);
my $y = numbers(@$p{qw(y y_offset)}, 'd', $m * $n);
my $header = 10 + unpack 'v', bytes($p->{prior}, 8, 2);    # of an .npy, version 1
my $prior = numbers($p->{prior}, $header, 'd', $n);
my @rows = map { [@$sigma[$_ * $n .. $_ * $n + $n - 1]] } 0 .. $m - 1;
open my $shared, '+<:raw', $p->{y} or refuse("$p->{y}: $!");
say_line('ready 1');

while (my $request = <STDIN>) {
    chomp $request;
    if ($request eq 'ping') { say_line('pong') }
    elsif ($request eq 'quit') { last }
    elsif ($request ne 'step') { refuse("'$request' is none of ping, step and quit") }
    else {
        my @means = (0) x $n;
        $means[$_ % $n] += $y->[$_] / $m for 0 .. $#$y;
        my @nu = map { $p->{lambda} * $prior->[$_] / $means[$_] } 0 .. $n - 1;
        $y = [map { solve_row([@$y[$_ * $n .. $_ * $n + $n - 1]], $rows[$_], \@nu) } 0 .. $m - 1];
        sysseek $shared, $p->{y_offset}, 0;
        syswrite $shared, pack('d<*', @$y);    # the mapping shows it at once
        say_line('done');
    }
}
