# Append over several servers: waits for the slowest, not for the sum, and is
# as right, as cancellable and as tidy as one after the other.

use strict;
use warnings;

use HwBss;
use Test::More;
use Time::HiRes qw(time);

# Of each reply, where time is measured; and how often it is measured.
my $DELAY_MS = 400;
my $TRIES = 3;
my $NSERVERS = 8;

my $sim = HwBss->new;
my $node = HwBss::node('async');
my @names = map { "cloud$_" } 1 .. $NSERVERS;
$sim->connect_node($node, server => $_, schema => $_,
	case => { id => $_, quotas => 100, delay => $DELAY_MS })
  for @names;
my $session = HwBss::session($node);
my $control = HwBss::session($node);

# Before 15 a child of Append that computes anything is not asynchronous (no
# such path in mark_async_capable_plan), and only plain scans are.
my $version = $session->query('SHOW server_version_num');

# Append of 14.13 and 16.2 waits without the latch (nodeAppend.c), so that a
# cancellation is noticed with the next event only; 15.18, 17.12 and 18.6 have
# it.
my $is_deaf = $version <= 140013 || $version >= 160000 && $version <= 160002;

# SELECTs of all servers; %s is the schema.
sub union
{
	my ($select) = @_;
	return join ' UNION ALL ', map { (my $s = $select) =~ s/%s/$_/g; $s } @names;
}

sub seconds
{
	my ($sql) = @_;
	my $begin = time;
	my $rows = $session->query($sql);
	is($session->stderr, '', 'no error') if $session->stderr ne '';
	return (time - $begin, $rows);
}

# The shortest of several: the machine may be busy, the network is not.
sub shortest
{
	my ($sql) = @_;
	my $least;
	for (1 .. $TRIES)
	{
		my ($took) = seconds($sql);
		$least = $took if !defined $least || $took < $least;
	}
	return $least;
}

sub set_case
{
	my (%case) = @_;
	$session->query(join '; ', map {
			my $url = $sim->url(id => $_, quotas => 100, %case);
			"ALTER SERVER $_ OPTIONS (SET endpoint '$url')" } @names);
	return;
}

# ---- time -------------------------------------------------------------------

my $all = 'SELECT count(*) FROM (' . union('SELECT * FROM %s.bss_package_usages') . ') u';
like($session->query("EXPLAIN (COSTS OFF) $all"), qr/(?:Async Foreign Scan.*?){$NSERVERS}/s,
	'EXPLAIN shows asynchronous scans');
is($session->query($all), 36 * $NSERVERS, 'all rows');
my $one = shortest('SELECT count(*) FROM cloud1.bss_package_usages');
my $many = shortest($all);
note(sprintf 'one server %.0f ms, %d servers %.0f ms: ratio %.2f',
	$one * 1000, $NSERVERS, $many * 1000, $many / $one);
cmp_ok($many / $one, '<', 1.3, "$NSERVERS servers take the time of one");

# The other way, so that the test can tell the difference.
$session->query("ALTER SERVER $_ OPTIONS (ADD async_capable 'false')") for @names;
unlike($session->query("EXPLAIN (COSTS OFF) $all"), qr/Async/,
	'async_capable false: one after the other');
my ($slow) = seconds($all);
cmp_ok($slow / $one, '>', $NSERVERS - 1, 'which takes the sum');
$session->query("ALTER SERVER $_ OPTIONS (DROP async_capable)") for @names;

# ---- answers ----------------------------------------------------------------

set_case(delay => 2);
my $rows = 'SELECT q.resource_id || q.used_status AS t FROM %s.hss_quotas q';
my %query = (
	'of two lists and several pages' => union("$rows"),
	'with a condition that is sent' => union("$rows WHERE q.used_status = 'idle'"),
	'with a local condition' => union("$rows WHERE q.resource_id > 'a'"),
	'without rows' => union("$rows WHERE q.host_name = 'nobody'"),
	'half of which can match' => union("$rows WHERE '%s' > 'cloud4'"),
	'started over and over' => q{SELECT n || u.t AS t FROM generate_series(1, 3) n, LATERAL (SELECT string_agg(t, ',' ORDER BY t) AS t FROM (}
	  . union("$rows WHERE q.category = CASE n WHEN 2 THEN 'host_resource' ELSE 'container_resource' END")
	  . ') v) u',
	'with LIMIT above' => 'SELECT count(*)::text AS t FROM (SELECT 1 FROM (' . union($rows) . ') u LIMIT 150) v');
$session->query("ALTER SERVER $_ OPTIONS (ADD page_size '10', ADD prefetch '2')") for @names;
for my $name (sort keys %query)
{
	my $sorted = "SELECT md5(string_agg(t, ',' ORDER BY t)) FROM ($query{$name}) u";
	my $async = $session->query($sorted);
	is($session->stderr, '', "$name: no error");
	like($session->query("EXPLAIN (COSTS OFF) $sorted"), qr/Async/, "$name: asynchronously")
	  unless $name =~ /LIMIT/ || $version < 150000;
	is($session->query("SET enable_async_append = off; $sorted; "), $async,
		"$name: the same rows as one after the other");
	$session->query('RESET enable_async_append');
}

# ---- one session for several scans ------------------------------------------

# The same table, the same requests: sent once, and nobody waits for ever.
$sim->clear_log;
my $same = join ' UNION ALL ', ('SELECT resource_id FROM cloud1.hss_quotas') x 3;
is($session->query("SELECT count(*), count(DISTINCT resource_id) FROM ($same) u"), '300|100',
	'three scans of one table');
my $nalone = scalar $sim->log;
$sim->clear_log;
$session->query('SELECT count(*) FROM (SELECT resource_id FROM cloud1.hss_quotas) u');
is($nalone, scalar $sim->log, 'with the requests of one');
my $mixed = join ' UNION ALL ', map { "SELECT resource_id FROM cloud1.hss_quotas WHERE used_status = '$_'" }
  qw(idle used idle used);
is($session->query("SELECT count(*) FROM ($mixed) u"), 200, 'scans with conditions of their own');

# ---- children, cursors, ANALYZE -------------------------------------------

$session->query('CREATE TABLE parts (resource_id text, used_status text)');
$session->query(qq{CREATE FOREIGN TABLE part_$_ () INHERITS (parts)
	SERVER $_ OPTIONS ("table" 'hss_quotas')}) for @names;
my $inherited = 'SELECT count(*), count(DISTINCT tableoid) FROM parts';
like($session->query("EXPLAIN (COSTS OFF) $inherited"), qr/Async/, 'children of a table');
is($session->query($inherited), '800|8', 'with the rows of all');
$session->query('BEGIN; DECLARE c CURSOR FOR ' . union($rows));
my $fetched = 0;
while (my @some = split /\n/, $session->query('FETCH 70 FROM c')) { $fetched += @some }
is($session->query('COMMIT'), '', 'a cursor');
is($fetched, 100 * $NSERVERS, 'reads all rows');
like($session->query('EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' . union($rows)),
	qr/Append \(actual rows=800(?:\.00)? loops=1\).*?(?:Async Foreign Scan[^\n]*rows=100.*?){$NSERVERS}/s,
	'EXPLAIN ANALYZE counts the rows of each');

# ---- a few rows -------------------------------------------------------------

$sim->clear_log;
is(scalar(() = $session->query(union('SELECT resource_id FROM %s.hss_quotas') . ' LIMIT 5') =~ /^.+$/mg), 5,
	'LIMIT 5');
cmp_ok(scalar $sim->log, '==', 1, 'is one request, not one for each server');

# ---- faults -----------------------------------------------------------------

my $before = scalar $session->sockets;
my $bad = $sim->url(id => 'bad', fail => '403', delay => 20);
$session->query("ALTER SERVER cloud5 OPTIONS (SET endpoint '$bad')");
$session->query($all);
is($session->state, '42501', 'one of them is refused: an error');
like($session->stderr, qr/bss_package_usages/, 'that says which table');
$session->query('DO $$ BEGIN PERFORM count(*) FROM (' . union('SELECT * FROM %s.bss_package_usages')
	. q{) u; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'caught'; END $$});
like($session->stderr, qr/caught/, 'which can be caught');
my $good = $sim->url(id => 'good', fail => '503x1', delay => 20, retry_after => 1);
$session->query("ALTER SERVER cloud5 OPTIONS (SET endpoint '$good')");
$sim->clear_log;
is($session->query($all), 36 * $NSERVERS, 'one of them wants to be asked again: all rows');
is(scalar $sim->log, $NSERVERS + 1, 'with one request more');

# ---- cancel -----------------------------------------------------------------

# What is sent to be cancelled, and what comes before and after it.
my %WAYS = (
	'pg_cancel_backend' => [$all],
	'statement_timeout' => [$all, "SET statement_timeout = '700ms'", 'RESET statement_timeout'],
	'exception block' => [
		qq{DO \$\$ BEGIN
			BEGIN PERFORM ($all); EXCEPTION WHEN query_canceled THEN RAISE NOTICE 'caught'; END;
		END \$\$} ],
	'savepoint' => [$all, 'BEGIN; SAVEPOINT s', 'ROLLBACK TO s; COMMIT'],
	'cursor' => ['FETCH c', "BEGIN; DECLARE c CURSOR FOR $all", 'ROLLBACK']);

sub append_waits
{
	return HwBss::wait_until(sub {
		$control->query('SELECT wait_event FROM pg_stat_activity WHERE pid = ' . $session->pid)
		  eq 'AppendReady' });
}

my @times;
for my $how ('hangs', 'waits to try again')
{
	for my $way (sort keys %WAYS)
	{
		my ($sql, $first, $last) = @{ $WAYS{$way} };
		my $what = "$how, $way";

		set_case($how eq 'hangs' ? (hang => 'before_headers') : (fail => '429x100', retry_after => 60));
		$sim->clear_log;
		$session->query($first) if $first;
		my $begin = time + 0.7;
		$session->send($sql);
		is($sim->wait_requests($NSERVERS), $NSERVERS, "$what: all are asked");
		if ($way ne 'statement_timeout')
		{
			ok(append_waits(), "$what: Append waits");
			$begin = time;
			$control->query('SELECT pg_cancel_backend(' . $session->pid . ')');
		}
		$session->finish;
		push @times, my $ms = (time - $begin) * 1000;
		if ($way eq 'exception block')
		{
			like($session->stderr, qr/NOTICE: .*caught/, "$what: is caught");
		}
		else
		{
			is($session->state, '57014', "$what: cancelled");
		}
		note(sprintf '%s: %.1f ms', $what, $ms);
		cmp_ok($ms, '<', 1000, "$what: at once") unless $is_deaf;
		$session->query($last) if $last;
		is($session->stderr, '', "$what: the transaction can go on") if $last;
		is($control->query('SELECT count(*) FROM pg_locks WHERE pid = ' . $session->pid), 0,
			"$what: no lock is left");
		ok(HwBss::wait_until(sub { scalar $session->sockets <= $before }),
			"$what: no descriptor is left");
		set_case(delay => 20);
		is($session->query($all), 36 * $NSERVERS, "$what: the next query works");
	}
}
@times = sort { $a <=> $b } @times;
note(sprintf 'median %.1f ms, slowest %.1f ms', $times[@times / 2], $times[-1]);
cmp_ok($times[@times / 2], '<', 100, 'half of them within 100 ms') unless $is_deaf;

# A backend that is told to go leaves nothing at the service, either.
set_case(hang => 'before_headers');
my $doomed = HwBss::session($node);
my $open = $sim->stats->{open_connections};
$sim->clear_log;
$doomed->send($all);
$sim->wait_requests($NSERVERS);
my $begin = time;
$control->query('SELECT pg_terminate_backend(' . $doomed->pid . ')');
$doomed->finish;
ok(HwBss::wait_until(sub { !$doomed->is_alive }), 'pg_terminate_backend: the backend ends');
note(sprintf 'pg_terminate_backend: %.1f ms', (time - $begin) * 1000);
cmp_ok((time - $begin) * 1000, '<', 1000, 'at once') unless $is_deaf;
is($doomed->state, '57P01', 'with admin_shutdown');
ok(HwBss::wait_until(sub { $sim->stats->{open_connections} <= $open }), 'and no connection is left');
set_case(delay => 20);
is($session->query($all), 36 * $NSERVERS, 'the next query of the session works');

# ---- descriptors ------------------------------------------------------------

# Too few for a set of each scan's own: one after the other, and right.
my $poor = HwBss::session($node);
is($poor->query($all), 36 * $NSERVERS, 'a fresh session');
$before = scalar $poor->sockets;
is($poor->query($all), 36 * $NSERVERS, 'and once more') for 1 .. 3;
cmp_ok(scalar $poor->sockets, '<=', $before, 'leave no descriptor');

done_testing();
