# Many clients at a time while requests fail at random: every answer is right
# or an error, nothing crashes, and nothing is left behind.
#
#	make stress SECONDS=60

use strict;
use warnings;

use HwBss;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);

my $SECONDS = $ENV{HWBSS_STRESS_SECONDS} || 5;
my $CLIENTS = 16;

# Of a thousand requests so many fail.
my $CHAOS = 200;

# A backend may have grown by so much from a third of the time on: what malloc
# and the caches of the server do not hand back at once.
my $GROWTH_KB = 4096;

my $sim = HwBss->new;

# At debug5 PostgreSQL reports on the clean-up of a subtransaction, and a report
# acts on a cancellation: the one that comes then leaves the subtransaction half
# undone ("AbortSubTransaction while in ABORT state").
my $node = HwBss::node('stress', 'fsync = off', 'autovacuum = off',
	$ENV{HWBSS_SEARCH} ? 'log_min_messages = debug4' : ());
$sim->connect_node($node, options => { page_size => 50, prefetch => 4,
		retry_budget => '300ms' });
$sim->connect_node($node, server => 'kept', schema => 'kept',
	options => { page_size => 20, retry_budget => '300ms', cache_ttl => '200ms' });

# Each step asks one question by chance.  An error of the network or the
# service is an answer, and so is a cancellation; anything else is not.
$node->safe_psql('postgres', q{
	CREATE TABLE ids AS SELECT resource_id, row_number() OVER (ORDER BY resource_id) AS n FROM hss_quotas;
	ANALYZE ids;
	CREATE TABLE question (n serial, query text, answer text);
	INSERT INTO question (query) VALUES
		('SELECT count(*) || md5(string_agg(q::text, '','' ORDER BY resource_id)) FROM hss_quotas q'),
		('SELECT count(*) || md5(string_agg(q::text, '','' ORDER BY resource_id)) FROM kept.hss_quotas q'),
		('SELECT md5(string_agg(q::text, '','' ORDER BY q::text)) FROM bss_package_usages q'),
		('SELECT md5(string_agg(q::text, '','' ORDER BY q::text)) FROM kept.bss_package_usages q'),
		('SELECT q::text FROM bss_consumption_quota q'),
		('SELECT q::text FROM hss_quota_summary q'),
		('SELECT md5(string_agg(q::text, '','' ORDER BY q::text)) FROM hss_quota_statistics q'),
		('SELECT count(*) FROM hss_quotas WHERE quota_status = ''normal'' AND used_status = ''idle'''),
		('SELECT count(*) FROM kept.hss_quotas WHERE quota_status = ''normal'' AND used_status = ''idle'''),
		('SELECT count(*) FROM hss_quotas WHERE category = ''container_resource'''),
		('SELECT count(*) FROM hss_quotas WHERE version IN (''hss.version.wtp'', ''hss.version.basic'')'),
		('SELECT count(*) FROM hss_quotas q JOIN hss_quota_tags t USING (resource_id)'),
		('SELECT string_agg(version, '','' ORDER BY resource_id) FROM ids JOIN hss_quotas USING (resource_id) WHERE n <= 3'),
		('SELECT count(*) FROM (SELECT * FROM hss_quotas LIMIT 7) q'),
		('SELECT count(*) FROM ids i, LATERAL (SELECT * FROM kept.hss_quotas q WHERE q.version = ''hss.version.wtp'' AND i.n < 3) q');
	CREATE TABLE outcome (state text, query int, detail text, got text);
	CREATE FUNCTION step(chance int) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		asked question;
		got text;
		detail text;
	BEGIN
		SELECT * INTO asked FROM question ORDER BY n OFFSET chance % (SELECT count(*) FROM question) LIMIT 1;
		BEGIN
			EXECUTE asked.query INTO got;
			IF got IS DISTINCT FROM asked.answer THEN
				INSERT INTO outcome VALUES ('wrong', asked.n, asked.answer, got);
				RETURN 'wrong';
			END IF;
			INSERT INTO outcome VALUES ('right', asked.n);
		EXCEPTION WHEN OTHERS OR query_canceled THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			INSERT INTO outcome VALUES (SQLSTATE, asked.n, SQLERRM || ' ' || detail);
			RETURN SQLSTATE;
		END;
		RETURN 'right';
	END $$;
	-- What is cancelled just before or after it asks.
	CREATE FUNCTION careful_step(chance int) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		RETURN step(chance);
	EXCEPTION WHEN query_canceled THEN
		RETURN 'cancelled';
	END $$;
	-- A cursor that is left in the middle.
	CREATE FUNCTION leave() RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		c refcursor;
		row record;
	BEGIN
		OPEN c FOR SELECT * FROM hss_quotas;
		FETCH c INTO row;
		CLOSE c;
		INSERT INTO outcome VALUES ('right', 0);
	EXCEPTION WHEN OTHERS OR query_canceled THEN
		INSERT INTO outcome VALUES (SQLSTATE, 0, SQLERRM);
	END $$});
my $control = HwBss::session($node);

# The answers are those of a service in good health.
$control->query(q{DO $$ DECLARE q question; a text; BEGIN
	FOR q IN SELECT * FROM question LOOP
		EXECUTE q.query INTO a;
		UPDATE question SET answer = a WHERE n = q.n;
	END LOOP; END $$});
is($control->stderr, '', 'the answers');
is($control->query('SELECT count(*) FROM question WHERE answer IS NULL'), 0, 'all of them');

my $tmp = PostgreSQL::Test::Utils::tempdir();
append_to_file("$tmp/step.sql", "\\set n random(0, 1000000)\nSELECT careful_step(:n);\n");
append_to_file("$tmp/leave.sql", "SELECT leave();\n");

# ---- the storm --------------------------------------------------------------

# kB that a process has for itself.
sub memory
{
	my ($pid) = @_;
	my $status = eval { slurp_file("/proc/$pid/status") } || '';
	return $status =~ /^RssAnon:\s*(\d+) kB/m ? $1 : 0;
}

sub descriptors
{
	my ($pid) = @_;
	return scalar grep { (readlink($_) || '') =~ /^(?:socket|anon_inode|pipe):/ }
	  glob "/proc/$pid/fd/*";
}

$sim->set({ chaos => $CHAOS });
my ($said, $complained) = ('', '');
my $bench = IPC::Run::start(
	[ $node->installed_command('pgbench'), '-n', '-c', $CLIENTS, '-j', 2,
		'-T', $SECONDS, '-f', "$tmp/step.sql\@9", '-f', "$tmp/leave.sql\@1",
		$node->connstr('postgres') ],
	'<', \undef, '>', \$said, '2>', \$complained);
my $begin = time;
my (@pids, %before, %after, %open_after);
my $ncancels = 0;

ok(HwBss::wait_until(sub {
		@pids = split /\n/, $control->query(
			q{SELECT pid FROM pg_stat_activity
				WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()});
		return @pids == $CLIENTS; }), "$CLIENTS clients");
while (time - $begin < $SECONDS - 0.5)
{
	# Somebody is cancelled, and sometimes all sessions have to begin anew.
	$control->query(q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity
		WHERE wait_event_type = 'Extension' ORDER BY random() LIMIT 1});
	$ncancels++;
	$control->query("ALTER SERVER huawei OPTIONS (SET prefetch '" . int(1 + rand 8) . "')")
	  if $ncancels % 20 == 0;
	if (!%before && time - $begin > $SECONDS / 3)
	{
		%before = map { $_ => memory($_) } @pids;
	}
	%after = map { $_ => memory($_) } @pids;
	%open_after = map { $_ => descriptors($_) } @pids;
	sleep 0.05;
}
$bench->finish;
$sim->set({ chaos => 0 });

# A cancellation that comes between two questions ends a client of pgbench.
my @lost = grep { /client \d+ (?:script \d+ )?aborted/ } split /\n/, $complained;
is(scalar(grep { !/canceling statement due to user request/ } @lost), 0,
	'no client was lost')
  or diag($complained);
cmp_ok(scalar @lost, '<', $CLIENTS / 4, 'nearly all clients stay to the end');
unlike($complained, qr/server closed the connection|crash/, 'no server neither');

# ---- afterwards -------------------------------------------------------------

my %count = map { split /\|/ } split /\n/,
  $control->query('SELECT state, count(*) FROM outcome GROUP BY 1');
my $total = 0;
$total += $_ for values %count;
diag(sprintf '%d s, %d clients: %d queries, %d cancellations; %s', $SECONDS,
	$CLIENTS, $total, $ncancels,
	join ', ', map { "$_ $count{$_}" } sort { $count{$b} <=> $count{$a} } keys %count);
is($count{wrong} || 0, 0, 'no wrong row')
  or diag($control->query("SELECT * FROM outcome WHERE state = 'wrong' LIMIT 5"));
cmp_ok($count{right} || 0, '>', 10, 'right answers');
cmp_ok($total - ($count{right} || 0), '>', 3, 'and errors');
my @odd = grep { !/^(?:right|wrong|HV00N|HV00M|HV004|HV00L|53400|54000|57014|40001)$/ } sort keys %count;
is("@odd", '', 'errors of the network and the service only')
  or diag($control->query("SELECT DISTINCT state, detail FROM outcome WHERE state IN ('"
	  . join("', '", @odd) . "') LIMIT 10"));

SKIP:
{
	skip 'too short to tell whether memory grows', 1 if $SECONDS < 5;
	my @growth = sort { $a <=> $b } map { $after{$_} - $before{$_} }
	  grep { $after{$_} } keys %before;
	diag(sprintf 'memory of a backend: %d to %d kB; growth from %d to %d kB',
		(sort { $a <=> $b } grep { $_ } values %after)[ 0, -1 ], @growth[ 0, -1 ]);
	cmp_ok($growth[-1], '<', $GROWTH_KB, 'memory is flat');
}
cmp_ok((sort { $a <=> $b } values %open_after)[-1], '<=', 60,
	'descriptors of a backend');
ok(HwBss::wait_until(sub { $sim->stats->{open_connections} <= 1 + grep { /socket/ } $control->sockets }),
	'no connection outlives the clients');
$control->query('SELECT hwbss_fdw_forget()');
is($control->query('SELECT count(*) FROM bss_package_usages'), 36,
	'all is well when the service is');
$control->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP|leak/,
	'nothing crashed, nothing leaked');
done_testing();
