# on_project_error 'skip': a project that cannot be read costs its rows and a
# warning, however the table is read, and nothing of it is remembered.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;

my ($ONE, $TWO, $SUB) = ($HwBss::PROJECT,
	'1b2c3d4e5f60718293a4b5c6d7e8f90a', '2c3d4e5f60718293a4b5c6d7e8f90a1b');
my $WARNING = qr/^WARNING:  \w{5}: skipped project "(\w+)" in region "([a-z0-9-]+)" of foreign table "\w+"$/m;

my $sim = HwBss->new;
my $node = HwBss::node('project_errors');
$sim->connect_node($node, options => {
		project_id => undef, projects => 'auto', page_size => '10', retry_budget => '0',
		regions => 'ap-southeast-1,ap-southeast-3', on_project_error => 'skip' });
my $session = HwBss::session($node);
my $told = 0;

# The projects that the last statement skipped.
sub skipped
{
	return join ' ', sort map { $_->[0] eq $TWO ? 'two' : $_->[0] eq $ONE ? 'one' : 'sub' }
	  map { [ /$WARNING/ ] } grep { /$WARNING/ } split /^(?=WARNING)/m, $session->stderr;
}
sub broken { return $sim->set({ fail => $_[0], fail_on => "/v5/$TWO/" . ($_[1] || '') }) }
sub healthy { return $sim->set({ fail => '', fail_on => 'api' }) }
sub asked { return scalar grep { $_->{target} =~ m{/v5/$_[0]/} } $sim->requests('quotas-detail') }

sub reads
{
	my ($query, $rows, $skipped, $name) = @_;
	is($session->query($query), $rows, $name);
	is(skipped(), $skipped, "$name: who is skipped") or diag($session->stderr);
	return;
}

# ---- however it fails -------------------------------------------------------

my $ALL = 'SELECT count(*), count(DISTINCT project_id) FROM hss_quotas';
reads($ALL, '300|3', '', 'nobody fails');
for my $fault (qw(400 403 404 429 500 html502 reset_before truncate bad_gzip))
{
	broken($fault);
	reads("$ALL WHERE charging_mode IS NOT NULL", '200|2', 'two', "fault $fault");
}
broken('401');
$session->query($ALL);
is($session->state, '28000', 'a refused key is no matter of one project');
$session->query('SELECT hwbss_fdw_forget()');

# Some of its rows were read before: they stay, and the warning counts them.
broken('500', 'billing/quotas-detail?category=container_resource');
my ($count) = split /\|/, $session->query("$ALL WHERE charging_mode IS NOT NULL");
like($session->stderr, qr/DETAIL:.*HTTP 500.* @{[ $count - 200 ]} of its rows had been read\./,
	'the warning counts the rows that were read');
cmp_ok($count, '>', 200, 'which are in the answer');

# ---- however it is read -----------------------------------------------------

broken('500');
my $NO = 'SELECT count(*) FROM hss_quotas';
reads("$NO WHERE project_id NOT IN ('$ONE')", 100, 'two', 'NOT IN');
reads("$NO WHERE project_id <> '$TWO' AND project_id IN ('$ONE', '$SUB', '$TWO')", 200, 'two', 'what is not read in vain');
reads("$NO WHERE project_id IN ('$ONE', '$SUB')", 200, '', 'who is not asked does not fail');
reads("SELECT count(*) FROM (SELECT FROM hss_quotas LIMIT 5) q", 5, '', 'LIMIT ends before');
reads("SELECT count(*) FROM (SELECT FROM hss_quotas LIMIT 250) q", 200, 'two', 'LIMIT that cannot be met');
$session->query('PREPARE those (text[]) AS SELECT count(*) FROM hss_quotas WHERE project_id = ANY ($1)');
for my $mode (qw(force_custom_plan force_generic_plan))
{
	$session->query("SET plan_cache_mode = $mode");
	reads("EXECUTE those ('{$ONE,$TWO}')", 100, 'two', "prepared, $mode");
	reads("EXECUTE those ('{$ONE,$SUB}')", 200, '', "prepared, others, $mode");
}
$session->query('RESET plan_cache_mode');
reads("SELECT string_agg(n::text, ' ') FROM generate_series(1, 3) i, LATERAL (SELECT count(*) n FROM hss_quotas WHERE i > 0 OFFSET 0) q",
	'200 200 200', 'two', 'rescans repeat the rows that were read, and ask once');
reads("WITH q AS (SELECT FROM hss_quotas UNION ALL SELECT FROM hss_quotas) SELECT count(*) FROM q", 400, 'two two', 'two parts of an Append');
$session->query('BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT project_id FROM hss_quotas; COMMIT');
is(skipped(), 'two', 'a cursor WITH HOLD');
is(scalar(split /\n/, $session->query('FETCH ALL FROM c')), 200, 'has the others');
is(scalar(split /\n/, $session->query('MOVE FIRST FROM c; FETCH ALL FROM c')), 199, 'again');
$session->query('CLOSE c');

# ---- by counters and totals -------------------------------------------------

$session->query("ALTER SERVER huawei OPTIONS (ADD trust_total 'true')");
healthy();
reads($NO, 300, '', 'a count of totals');
broken('500');
$sim->clear_log;
reads($NO, 200, 'two', 'a count without one project');
reads("SELECT category, count(*) FROM hss_quotas GROUP BY 1 ORDER BY 1", "container_resource|80\nhost_resource|120", 'two', 'counts by group');
reads("SELECT project_id, count(*) FROM hss_quotas GROUP BY 1 ORDER BY 1", "$ONE|100\n$SUB|100", 'two', 'counts by project');
reads('SELECT count(*), count(DISTINCT project_id) FROM hss_quota_summary', '2|2', 'two', 'counters');
$session->query("ALTER SERVER huawei OPTIONS (DROP trust_total)");

# ---- what is remembered -----------------------------------------------------

$session->query('ANALYZE hss_quotas');
is(skipped(), 'two', 'ANALYZE warns');
is($session->query("SELECT reltuples FROM pg_class WHERE relname = 'hss_quotas'"), 200, 'and counts the others');

$session->query("ALTER SERVER huawei OPTIONS (ADD cache_ttl '1h')");
reads("$NO WHERE charging_mode IS NOT NULL", 200, 'two', 'with a cache');
healthy();
$sim->clear_log;
reads("$NO WHERE charging_mode IS NOT NULL", 300, '', 'the project is back');
is(asked($ONE) + asked($SUB), 0, 'the others are in the cache');
cmp_ok(asked($TWO), '>', 0, 'a failure is not');
$session->query("ALTER SERVER huawei OPTIONS (DROP cache_ttl)");

# ---- a place that is the only one -------------------------------------------

broken('500');
reads("$NO WHERE project_id = '$TWO'", 0, 'two', 'the only one that is asked');
$session->query("ALTER SERVER huawei OPTIONS (SET on_project_error 'error')");
$session->query($NO);
is($session->state, 'HV00M', 'without the option it is an error');

done_testing();
