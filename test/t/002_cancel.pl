# A waiting query ends at once when asked to, whatever it waits for, and leaves
# nothing behind.

use strict;
use warnings;

use HwBss;
use IO::Select;
use IO::Socket::INET;
use PostgreSQL::Test::Utils;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(time);

# Half of all cancellations take no longer than this; each alone gets more on a
# busy machine, but a second never.
my $USUAL_MS = 100;
my $MOST_MS = 1000;

my $PACKAGES = 'SELECT count(*) FROM %s.bss_package_usages';

# What is read in a schema, and how many rows there are.  In one, the project
# has to be looked up first.
sub reading
{
	my ($schema) = @_;
	return $schema eq 'looking' ? 'SELECT count(*) FROM looking.hss_quotas'
	  : sprintf $PACKAGES, $schema;
}
sub rows_of { return $_[0] eq 'looking' ? 100 : 36 }

my $sim = HwBss->new(tls => 1);

# ---- services that say nothing ---------------------------------------------

# Accepts connections, as the kernel does, and never says a word.
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 20)
  or die "no socket: $!";

# Does not even accept: its queue is full, so that a connect stays open.
my $deaf = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 0)
  or die "no socket: $!";
my @fill;
for (1 .. 8)
{
	my $socket = IO::Socket::INET->new(Proto => 'tcp', Blocking => 0) or die;
	connect $socket, pack_sockaddr_in($deaf->sockport, INADDR_LOOPBACK);
	push @fill, $socket;
	last unless IO::Select->new($socket)->can_write(0.2);
}
my $is_deaf = !IO::Select->new($fill[-1])->can_write(0);

# A name server that keeps silent: libc's look-up waits for a file to go.
my $tmp = PostgreSQL::Test::Utils::tempdir();
my $held = "$tmp/held";
my $preload = "$tmp/slow_names.so";
append_to_file($held, '');
append_to_file("$tmp/slow_names.c", <<'C');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int
getaddrinfo(const char *node, const char *service,
			const struct addrinfo *hints, struct addrinfo **res)
{
	int			(*next) (const char *, const char *, const struct addrinfo *,
						 struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");

	if (node && strcmp(node, "slow.example.com") == 0)
	{
		while (access(HELD, F_OK) == 0)
			poll(NULL, 0, 10);
		return EAI_NONAME;
	}
	return next(node, service, hints, res);
}
C
my $has_preload = system(
	qq{cc -shared -fPIC -DHELD='"$held"' -o '$preload' '$tmp/slow_names.c' -ldl 2>/dev/null}
) == 0;

my $node = do {
	local $ENV{LD_PRELOAD} = $has_preload ? $preload : '';
	HwBss::node('cancel', "hwbss_fdw.metadata_endpoint = '" . $sim->url . "'");
};

# ---- what is waited for ----------------------------------------------------

# Each has a schema with the tables, and a way to know that a query waits:
# requests of the simulator, or anything else.
my $requested = sub { $sim->wait_requests($_[0]) == $_[0] };
my @PHASES = (
	[ before_headers => { hang => 'before_headers' } ],
	[ in_headers => { hang => 'in_headers' } ],
	[ in_body => { hang => 'in_body' } ],
	[ drip => { hang => 'drip' } ],
	[ throttled => { fail => '429x100', retry_after => 100 } ],
	[ back_off => { fail => '503x100', retry_after => 100 } ],
	[ tls_before_headers => { hang => 'before_headers' }, 'tls' ],
	[ tls_in_body => { hang => 'in_body' }, 'tls' ],
	[ signing_in => { hang => 'before_headers', fail_on => 'iam' }, 'signing' ],
	[ signing_in_body => { hang => 'in_body', fail_on => 'iam' }, 'signing' ],
	[ signing_in_back_off => { fail => '503x100', retry_after => 100, fail_on => 'iam' }, 'signing' ],
	[ looking_up => { hang => 'before_headers', fail_on => 'iam' }, 'looking' ],
	[ looking_up_body => { hang => 'drip', fail_on => 'iam' }, 'looking' ],
	[ looking_up_back_off => { fail => '503x100', retry_after => 100, fail_on => 'iam' }, 'looking' ],
	[ metadata => { hang => 'before_headers', fail_on => 'iam' }, 'metadata' ],
	[ metadata_body => { hang => 'in_body', fail_on => 'iam' }, 'metadata' ],
	[ tls_handshake => undef, 'https://127.0.0.1:' . $silent->sockport ],
	[ silent_answer => undef, 'http://127.0.0.1:' . $silent->sockport ],
	[ connect => undef, 'http://127.0.0.1:' . $deaf->sockport ],
	[ name_lookup => undef, 'https://slow.example.com' ]);

# Phases of the simulator are steered, so that the query before, the one that
# waits and the one after it are of one session; the others have servers of
# their own.
my %patient = (connect_timeout => '1h', request_timeout => '1h',
	retry_budget => '1h');
$sim->connect_node($node, options => {%patient});
$sim->connect_node($node, server => 'secure', schema => 'secure',
	endpoint => $sim->tls_url,
	options => { %patient, ca_file => $sim->certificate });
$sim->connect_node($node, server => 'signing', schema => 'signing',
	options => {%patient}, mapping_options => {
		user_name => 'sim-user', password => 'sim-Password/1',
		domain_name => 'sim-account' });
$sim->connect_node($node, server => 'metadata', schema => 'metadata',
	options => {%patient}, mapping_options => { credential_source => 'metadata' });
$sim->connect_node($node, server => 'looking', schema => 'looking', options => {%patient});
$node->safe_psql('postgres', 'ALTER SERVER looking OPTIONS (DROP project_id)');
for my $phase (@PHASES)
{
	my ($name, $case, $where) = @$phase;
	next if $case;
	$sim->connect_node($node, server => $name, schema => $name,
		endpoint => $where,
		options => { %patient,
			$where =~ /^https/ ? (ca_file => $sim->certificate) : () });
}

# What parallel workers read.
$node->safe_psql('postgres', q{
	CREATE TABLE wide AS SELECT md5(i::text) AS t FROM generate_series(1, 30000) i;
	ANALYZE wide;
	ALTER DATABASE postgres SET min_parallel_table_scan_size = 0;
	ALTER DATABASE postgres SET parallel_setup_cost = 0;
	ALTER DATABASE postgres SET parallel_tuple_cost = 0;
	ALTER DATABASE postgres SET parallel_leader_participation = off;
});

# Looks on.
my $control = HwBss::session($node);

# True once the query of a session waits in the phase, as far as can be seen
# from outside.
sub waits_in
{
	my ($phase, $session) = @_;
	my ($name, $case) = @$phase;

	return 0 if $case && !$requested->(1);
	return is_waiting($session);
}

sub is_waiting
{
	my ($session) = @_;
	return HwBss::wait_until(sub {
		$control->query("SELECT wait_event_type FROM pg_stat_activity WHERE pid = "
			  . $session->pid) eq 'Extension';
	});
}

# The back-off begins when the reply has come.
sub is_answered
{
	my ($name) = @_;
	return 1 unless $name =~ /back_off|throttled/;
	return HwBss::wait_until(
		sub { ((($sim->log)[0] || {})->{status} || 0) >= 400 });
}

my (@times, %times);
my $open;

sub ended_in_time
{
	my ($what, $begin) = @_;
	my $ms = (time - $begin) * 1000;

	push @times, $ms;
	push @{ $times{ $what =~ s/, .*//r } }, $ms;
	note(sprintf '%-50s %6.1f ms', $what, $ms);
	cmp_ok($ms, '<', $MOST_MS, sprintf '%s: ended after %.1f ms', $what, $ms);
	return;
}

# The session holds no lock and answers, with as many descriptors as before, and
# the simulator has no connection of what was given up.
sub is_clean
{
	my ($what, $session, $before, $schema) = @_;

	# IAM is asked in each statement, on a connection of its own or of another
	# request: one more or less is no leak, and many cancellations follow.
	my $slack = $schema =~ /^looking/ ? 1 : 0;

	is($control->query('SELECT count(*) FROM pg_locks WHERE pid = '
			  . $session->pid), '0', "$what: no lock is left");
	cmp_ok(scalar $session->sockets, '<=', $before + $slack,
		"$what: no descriptor is left");
	ok(HwBss::wait_until(sub {
			$sim->stats->{open_connections} <= $open + $slack }),
		"$what: the service sees the connection end");
	$sim->clear_log;
	is($session->query(reading($schema)), rows_of($schema),
		"$what: the next query of the session works");
	is($session->stderr, '', "$what: without a word");
	cmp_ok(abs(scalar($session->sockets) - $before), '<=', $slack,
		"$what: on as many descriptors");
	return;
}

# A look-up runs in a thread of the backend.
sub is_looking_up
{
	my ($session) = @_;
	my @threads = glob '/proc/' . $session->pid . '/task/*';
	return @threads > 1;
}

# The leader reads the foreign table for each row that its workers have, and
# these are enough to fill their queues.
sub parallel_query
{
	my ($sql) = @_;
	my $column = $sql =~ /quotas/ ? 'resource_id' : 'order_instance_id';
	return "SELECT sum(($sql p WHERE p.$column >= wide.t)) FROM wide";
}

sub has_workers
{
	return $control->query(q{SELECT count(*) FROM pg_stat_activity
		WHERE backend_type = 'parallel worker'}) > 0;
}

# A session with its engine open, and a connection to the good server.
sub warm
{
	my ($session, $schema) = @_;
	$session->query(reading($schema));
	$open = $sim->stats->{open_connections};
	return scalar $session->sockets;
}

for my $phase (@PHASES)
{
	my ($name, $case, $where) = @$phase;

	SKIP:
	{
		skip 'the kernel completed the connect', 1
		  if $name eq 'connect' && !$is_deaf;
		skip 'no compiler', 1 if $name eq 'name_lookup' && !$has_preload;

		my $is_lookup = $name eq 'name_lookup';
		my $asks_before = ($where || '') =~ /^(?:signing|looking|metadata)$/;
		my $good = ($where || '') eq 'tls' ? 'secure'
		  : $asks_before ? $where : 'public';
		my $sql = reading($case ? $good : $name);

		my $session;

		# Begins to hang, and ends it.
		my $begin = sub {
			# A token, key or project that is there would be used.
			$session->query('SELECT hwbss_fdw_forget()') if $asks_before;
			$sim->clear_log;
			$sim->set($case) if $case;
			append_to_file($held, '') if $is_lookup;
		};
		my $end = sub {
			my ($session, $before) = @_;
			$sim->set({ map { $_ => undef } keys %$case }) if $case;
			return unless $is_lookup;

			# A look-up given up goes on in its thread until libc returns.
			unlink $held;
			ok(HwBss::wait_until(
					sub { !is_looking_up($session) && $session->sockets <= $before }),
				"$name: thread and descriptors of the look-up go");
		};

		# The engine of a session opens at its first query, and its
		# descriptors stay.
		$session = HwBss::session($node);
		$begin->();
		$session->send($sql);
		ok(waits_in($phase, $session), "$name: waits");
		$control->query('SELECT pg_cancel_backend(' . $session->pid . ')');
		$session->finish;
		is($session->state, '57014', "$name: the first time");
		$end->($session, 1000);

		# So soon that it may not have begun.
		$begin->();
		$session->query("SET statement_timeout = '20ms'");
		$session->query($sql);
		is($session->state, '57014', "$name: statement_timeout of 20 ms");
		$session->query('RESET statement_timeout');
		$end->($session, 1000);
		my $before = warm($session, $good);

		# statement_timeout: the time beyond it is what counts.
		$begin->();
		$session->query("SET statement_timeout = '300ms'");
		my $from = time + 0.3;
		$session->query($sql);
		ended_in_time("$name, statement_timeout", $from);
		is($session->state, '57014', "$name: statement_timeout");
		like($session->error->{message}, qr/statement timeout/,
			"$name: says so");
		$session->query('RESET statement_timeout');
		$end->($session, $before);
		is_clean("$name, statement_timeout", $session, $before, $good);

		# The ways to be caught: by nobody, by PL/pgSQL, by a savepoint.
		for my $way ('pg_cancel_backend', 'exception block', 'savepoint', 'cursor', 'parallel')
		{
			my $what = "$name, $way";
			my $read = reading($good);
			$session->query('BEGIN; CREATE TEMP TABLE kept AS SELECT 1 AS a; SAVEPOINT s')
			  if $way eq 'savepoint';
			$session->query('BEGIN; DECLARE c CURSOR FOR ' . $sql)
			  if $way eq 'cursor';
			$begin->();
			$session->send($way eq 'cursor' ? 'FETCH c' :
				$way eq 'parallel' ? parallel_query($sql) :
				$way ne 'exception block' ? $sql : qq{
				DO \$\$
				BEGIN
					BEGIN
						PERFORM ($sql);
					EXCEPTION WHEN query_canceled THEN
						RAISE NOTICE 'caught';
					END;
				END
				\$\$});
			ok(waits_in($phase, $session), "$what: waits");
			ok(is_answered($name), "$what: was answered");
			ok(HwBss::wait_until(\&has_workers), "$what: workers wait with it")
			  if $way eq 'parallel';
			$from = time;
			$control->query('SELECT pg_cancel_backend(' . $session->pid . ')');
			$session->finish;
			ended_in_time($what, $from);
			ok(HwBss::wait_until(sub { !has_workers() }),
				"$what: the workers end too") if $way eq 'parallel';
			cmp_ok(scalar($sim->log), '<=', 1, "$what: one request at most");
			if ($way eq 'exception block')
			{
				like($session->stderr, qr/NOTICE: .*caught/, "$what: is caught");
				is($session->state, '', "$what: and is no error");
			}
			else
			{
				is($session->state, '57014', "$what: query_canceled");
			}
			$end->($session, $before);
			if ($way eq 'savepoint')
			{
				is($session->query(
						"ROLLBACK TO s; SELECT a, ($read) FROM kept"),
					'1|' . rows_of($good), "$what: the transaction goes on");
				$session->query('COMMIT; DROP TABLE kept');
			}
			$session->query('ROLLBACK') if $way eq 'cursor';
			is_clean($what, $session, $before, $good);
		}

		$begin->();
		$session->send($sql);
		ok(waits_in($phase, $session), "$name: waits once more");
		ok(is_answered($name), "$name: was answered");
		$from = time;
		$control->query('SELECT pg_terminate_backend(' . $session->pid . ')');
		$session->finish;
		ok(HwBss::wait_until(sub { !$session->is_alive }, 30),
			"$name: the backend ends");
		ended_in_time("$name, pg_terminate_backend", $from);
		is($session->state, '57P01', "$name: admin_shutdown");
		ok(HwBss::wait_until(sub { $sim->stats->{open_connections} <= 1 }),
			"$name: the service sees it");
		$sim->set({ map { $_ => undef } keys %$case }) if $case;
		unlink $held;
		$session->quit;
	}
}

# ---- between pages ---------------------------------------------------------

# Two pages come, the third hangs; a cursor has rows when it does.
my $many = { quotas => 1000, hang => 'before_headers', hang_at => 3, id => 'pages' };
$sim->connect_node($node, server => 'pages', schema => 'pages',
	case => $many, options => { page_size => 100, prefetch => 1 });
our ($session, $before);
my $from;
$session = HwBss::session($node);
warm($session, 'pages');
$before = warm($session, 'public');

for my $how ('whole', 'cursor', 'savepoint', 'statement_timeout')
{
	$sim->clear_log;
	if ($how eq 'whole' || $how eq 'statement_timeout')
	{
		$session->query("SET statement_timeout = '1s'") if $how eq 'statement_timeout';
		$from = time;
		$session->send(q{SELECT count(*) FROM pages.hss_quotas WHERE category = 'host_resource'});
	}
	else
	{
		$session->query(q{BEGIN; DECLARE c CURSOR FOR SELECT * FROM pages.hss_quotas
			WHERE category = 'host_resource'});
		$session->query('SAVEPOINT s') if $how eq 'savepoint';
		my @rows = split /\n/, $session->query('FETCH 150 FROM c');
		is(scalar @rows, 150, "$how: rows of the first pages");
		$session->send('FETCH ALL FROM c');
	}
	is($sim->wait_requests(3), 3, "$how: hangs at the third page");
	ok(is_waiting($session), "$how: waits");
	my $begin = time;
	if ($how eq 'statement_timeout')
	{
		$begin = $from + 1;
	}
	else
	{
		$control->query('SELECT pg_cancel_backend(' . $session->pid . ')');
	}
	$session->finish;
	ended_in_time("between pages, $how", $begin);
	is($session->state, '57014', "$how: query_canceled");
	is(scalar $sim->log, 3, "$how: nothing more was asked");
	if ($how eq 'savepoint')
	{
		is($session->query('ROLLBACK TO s; SELECT count(*) FROM bss_package_usages'),
			36, "$how: the transaction goes on");
		$session->query('FETCH 1 FROM c');
		is($session->state, '55000', "$how: the cursor is of no use");
	}
	$session->query($how eq 'statement_timeout' ? 'RESET statement_timeout' : 'ROLLBACK')
	  unless $how eq 'whole';
	is($session->query('SELECT count(*) FROM public.bss_package_usages'), 36,
		"$how: the next query works");
	cmp_ok(scalar $session->sockets, '<=', $before, "$how: descriptors");
}

$sim->clear_log;
$session->send(q{SELECT count(*) FROM pages.hss_quotas WHERE category = 'host_resource'});
is($sim->wait_requests(3), 3, 'terminated: hangs at the third page');
ok(is_waiting($session), 'terminated: waits');
$from = time;
$control->query('SELECT pg_terminate_backend(' . $session->pid . ')');
$session->finish;
ok(HwBss::wait_until(sub { !$session->is_alive }), 'terminated: the backend ends');
ended_in_time('between pages, pg_terminate_backend', $from);
is($session->state, '57P01', 'terminated: admin_shutdown');

# ---- while data pours in ----------------------------------------------------

$sim->connect_node($node, server => 'flood', schema => 'flood',
	case => { fail => 'endless_body' },
	options => { max_response_size => '1GB', request_timeout => '1h' });
$session = HwBss::session($node);
$session->query("SET statement_timeout = '20ms'");
$session->query(sprintf $PACKAGES, 'flood');
$session->query('RESET statement_timeout');
$before = warm($session, 'public');
$sim->clear_log;
$session->send(sprintf $PACKAGES, 'flood');
is($sim->wait_requests(1), 1, 'a body without end');
my $begin_flood = time;
kill 'INT', $session->pid;
$session->finish;
ended_in_time('while data pours in', $begin_flood);
is($session->state, '57014', 'while data pours in: query_canceled');
is_clean('while data pours in', $session, $before, 'public');

# ---- while a long reply is read ---------------------------------------------

# It has been sent, and the backend waits for nothing more.
sub is_reading
{
	return HwBss::wait_until(sub {
		((($sim->log)[0] || {})->{status} || 0) == 200 &&
		  $control->query("SELECT state, wait_event_type FROM pg_stat_activity WHERE pid = "
			  . $session->pid) eq 'active|' });
}

$sim->reset;
$sim->connect_node($node, server => 'wide', schema => 'wide',
	case => { reply => 'wide', depth => 30_000_000 });
$session->query("SET statement_timeout = '20ms'");
$session->query(sprintf $PACKAGES, 'wide');
is($session->state, '57014', 'a long reply: statement_timeout');
$session->query('RESET statement_timeout');
is($session->query(sprintf $PACKAGES, 'wide'), 36, 'a long reply has its rows');
$before = warm($session, 'public');
for my $way ('cancel', 'terminate')
{
	$sim->clear_log;
	$session->send(sprintf $PACKAGES, 'wide');
	ok(is_reading(), "a long reply, $way: is read");
	$from = time;
	$control->query("SELECT pg_${way}_backend(" . $session->pid . ')');
	$session->finish;
	ended_in_time("while a long reply is read, $way", $from);
	is($session->state, $way eq 'cancel' ? '57014' : '57P01', "a long reply, $way: SQLSTATE");
	next if $way eq 'terminate';
	is($session->query(sprintf $PACKAGES, 'public'), 36, "a long reply, $way: the next query works");
	cmp_ok(scalar $session->sockets, '<=', $before, "a long reply, $way: descriptors");
}
$session = HwBss::session($node);

# ---- an open cursor in the way of nothing -----------------------------------

# What a cursor has asked for ahead is given up with it.
$sim->reset;
$sim->connect_node($node, server => 'ahead', schema => 'ahead',
	case => { quotas => 2000, delay => 600000, fail_on => 'offset=600', id => 'ahead' },
	options => { page_size => 100 });
$session->query('SELECT count(*) FROM public.bss_package_usages');
my $idle = $sim->stats->{open_connections};
$session->query(q{BEGIN; DECLARE c CURSOR FOR SELECT * FROM ahead.hss_quotas
	WHERE category = 'host_resource'; FETCH 250 FROM c});
is($session->stderr, '', 'a cursor reads');
my $begin = time;
$session->query('CLOSE c');
ended_in_time('CLOSE of a cursor with requests on their way', $begin);
$session->query('ROLLBACK');
is($session->query('SELECT count(*) FROM public.bss_package_usages'), 36,
	'the session goes on');

# ---- waits are no busy loop -------------------------------------------------

sub cpu_ticks
{
	my ($pid) = @_;
	my @field = split ' ', slurp_file("/proc/$pid/stat") =~ s/^.*\) //sr;
	return $field[11] + $field[12];
}

$sim->clear_log;
my $ticks = cpu_ticks($session->pid);
$session->query("SET statement_timeout = '1s'");
$session->query(sprintf $PACKAGES, 'silent_answer');
is($session->state, '57014', 'one second of waiting');
cmp_ok(cpu_ticks($session->pid) - $ticks, '<=', 10, 'took no processor time');
$session->quit;

@times = sort { $a <=> $b } @times;
for my $phase (sort keys %times)
{
	my @ms = sort { $a <=> $b } @{ $times{$phase} };
	diag(sprintf '%-22s %2d cancellations: median %6.1f ms, slowest %6.1f ms',
		$phase, scalar @ms, $ms[ @ms / 2 ], $ms[-1]);
}
cmp_ok($times[ @times / 2 ], '<', $USUAL_MS, 'cancellation is quick');
diag(sprintf '%d cancellations: median %.1f ms, slowest %.1f ms',
	scalar @times, $times[ @times / 2 ], $times[-1]);

unlink $held;
$control->quit;
$node->stop;
like(slurp_file($node->logfile), qr/\S/, 'a log was written');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP/,
	'nothing crashed');
done_testing();
