# Several projects and regions in one scan, and what IAM is asked for them.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;

my ($ONE, $TWO, $SUB) = ($HwBss::PROJECT,
	'1b2c3d4e5f60718293a4b5c6d7e8f90a', '2c3d4e5f60718293a4b5c6d7e8f90a1b');
my @TWINS = ('3d4e5f60718293a4b5c6d7e8f90a1b2c',
	'4e5f60718293a4b5c6d7e8f90a1b2c3d');

my $sim = HwBss->new;
my $node = HwBss::node('projects');
my $me = HwBss::session($node);
$sim->connect_node($node, options => { retry_budget => '0' });
$me->query('ALTER SERVER huawei OPTIONS (DROP project_id)');

# Changes options of the server: undef drops one.
sub options
{
	my (%wanted) = @_;
	my %has = map { /^([^=]+)=/ ? ($1 => 1) : () } split /\n/,
	  $me->query(q{SELECT unnest(srvoptions) FROM pg_foreign_server WHERE srvname = 'huawei'});
	my @changes = map {
		defined $wanted{$_} ? ($has{$_} ? 'SET' : 'ADD') . " $_ '$wanted{$_}'"
		  : $has{$_} ? "DROP $_" : ()
	} sort keys %wanted;
	$me->query("ALTER SERVER huawei OPTIONS (@{[ join ', ', @changes ]})") if @changes;
	$sim->clear_log;
	return;
}

# What IAM was asked, and which projects HSS was asked about where.
sub iam { return join ' ', map { $_->{target} =~ s/.*projects//r } $sim->requests('/v3/projects') }
sub hss
{
	my %asked;
	for my $entry ($sim->requests('quotas-detail'))
	{
		my ($project) = $entry->{target} =~ m{/v5/([^/]+)/};
		my $scope = $entry->{headers}{'x-project-id'} // '-';
		my $region = $entry->{headers}{region} // '-';
		$asked{ "$project $region" . ($scope eq $project ? '' : " scope $scope") }++;
	}
	return join ', ', sort keys %asked;
}
my $WHERE = 'SELECT DISTINCT project_id, region FROM hss_quotas';

# ---- one region -------------------------------------------------------------

is($me->query("$WHERE ORDER BY 1, 2"), "$ONE|ap-southeast-1", 'the project of the region');
is(iam(), '?name=ap-southeast-1', 'is looked up by name');
is(hss(), "$ONE ap-southeast-1", 'and asked');
$sim->clear_log;
$me->query($_) for 'SELECT count(*) FROM hss_quotas', 'SELECT * FROM hss_quota_summary';
is(iam(), '', 'once a session');
$me->query('SELECT hwbss_fdw_forget()');
like($me->query('EXPLAIN (ANALYZE, COSTS OFF) SELECT * FROM hss_quotas'),
	qr/IAM Requests: 1\b/, 'EXPLAIN counts the request');
unlike($me->query('EXPLAIN (ANALYZE, COSTS OFF) SELECT * FROM hss_quotas'),
	qr/IAM/, 'and none when it is known');

options();
is($me->query("$WHERE WHERE project_id = '$SUB'"), "$SUB|ap-southeast-1", 'a project that the query names');
is(iam(), '', 'needs no look-up');

sub fails
{
	my ($query, $pattern, $name) = @_;
	my ($status, undef, $message) = $node->psql('postgres', $query);
	isnt($status, 0, $name);
	like($message, $pattern, 'and the error says why');
	return;
}
fails("$WHERE WHERE region = 'nowhere-1'", qr/could not find the project of region "nowhere-1".*knows no project of that name.*set option "project_id"/is, 'no project of that name');
fails("$WHERE WHERE region = 'ap-southeast-2'", qr/knows 2 projects of that name: $TWINS[0], $TWINS[1]/, 'two projects of one name');

# ---- IAM fails --------------------------------------------------------------

options(endpoint => $sim->url('fail=403;fail_on=iam'));
fails($WHERE, qr/could not look up the projects.*HTTP 403/s, 'IAM refuses');
is(hss(), '', 'nobody else is asked');
options(endpoint => $sim->url('fail=503x1;fail_on=iam;id=again'), retry_budget => '10s');
is($me->query($WHERE), "$ONE|ap-southeast-1", 'IAM is asked again after a failure that passes');
options(endpoint => $sim->url('hang=before_headers;fail_on=iam'));
fails("SET statement_timeout = '500ms'; $WHERE", qr/statement timeout/, 'a look-up is cancelled');
options(endpoint => $sim->url, retry_budget => '0');

# ---- several ----------------------------------------------------------------

is($me->query("$WHERE WHERE region IN ('ap-southeast-1', 'ap-southeast-3') ORDER BY 1"),
	"$ONE|ap-southeast-1\n$TWO|ap-southeast-3", 'two regions');
is(iam() =~ tr/?//, 0, 'take one look-up, without name');
is(hss(), "$ONE ap-southeast-1, $TWO ap-southeast-3", 'each project is asked in its region');
$sim->clear_log;
is($me->query("$WHERE WHERE project_id IN ('$ONE', '$SUB') ORDER BY 1"),
	"$ONE|ap-southeast-1\n$SUB|ap-southeast-1", 'two projects of a region');
is($me->query("$WHERE WHERE project_id IN ('$TWO', '$SUB') AND region IN ('ap-southeast-1', 'ap-southeast-3') ORDER BY 1"),
	"$TWO|ap-southeast-3\n$SUB|ap-southeast-1", 'projects find their regions');
is($me->query('SELECT count(*), count(DISTINCT resource_id) FROM hss_quotas WHERE ' .
	  "region IN ('ap-southeast-1', 'ap-southeast-3')") =~ s/\|.*//r, 200, 'resource_id is unique in a project only');

options(regions => 'ap-southeast-1, ap-southeast-3');
is($me->query("$WHERE ORDER BY 1"), "$ONE|ap-southeast-1\n$TWO|ap-southeast-3", 'option regions');
is($me->query("$WHERE WHERE region = 'ap-southeast-3'"), "$TWO|ap-southeast-3", 'and a condition');
options(projects => 'auto');
is($me->query("$WHERE ORDER BY 1"), "$ONE|ap-southeast-1\n$TWO|ap-southeast-3\n$SUB|ap-southeast-1",
	'option projects auto');
like($me->query('EXPLAIN SELECT * FROM hss_quotas'), qr/Projects: auto\s+Regions: ap-southeast-1, ap-southeast-3/, 'EXPLAIN tells');
options(regions => undef, region => undef);
is($me->query("SELECT count(DISTINCT project_id), bool_or(region = 'af-south-1') FROM hss_quotas"), '5|f', 'all that are enabled');

# A project that was created since the last statement.
sub listed
{
	return '{"projects":[' . join(',', map { qq({"id":"$_->[0]","name":"$_->[1]","enabled":true}) } @_) . ']}';
}

# Accounts have a project of the object storage's, which lies in no region.
$sim->set({ projects => listed([ $SUB, 'MOS' ], [ $ONE, 'ap-southeast-1' ]) });
$sim->clear_log;
is($me->query($WHERE), "$ONE|ap-southeast-1", 'not that of the object storage');
is(hss(), "$ONE ap-southeast-1", 'which is not asked');

options(regions => 'ap-southeast-1,ap-southeast-3');
$sim->set({ projects => listed([ $ONE, 'ap-southeast-1' ]) });
is($me->query("$WHERE ORDER BY 1"), "$ONE|ap-southeast-1", 'one project there is');
$sim->set({ projects => listed([ $ONE, 'ap-southeast-1' ], [ $TWO, 'ap-southeast-3' ]) });
$sim->clear_log;
is($me->query("$WHERE ORDER BY 1"), "$ONE|ap-southeast-1\n$TWO|ap-southeast-3", 'a new one is read');
is($me->query("SELECT (SELECT count(*) FROM hss_quotas WHERE i > 0) FROM generate_series(1, 2) i"), "200\n200", 'a scan that begins again');
is($me->query("SELECT count(*) FROM hss_quotas a JOIN hss_quotas b USING (project_id, resource_id)"), '200', 'two scans');
is(scalar(my @asked = $sim->requests('/v3/projects')), 3, 'ask once a statement');
$sim->set({ projects => listed([ $ONE, 'ap-southeast-1' ]) });
options(projects => $TWO);
fails($WHERE, qr/the region of project "$TWO".*no project of that ID/s, 'a project IAM does not know');
$me->query("$WHERE WHERE project_id = '$ONE'");
$sim->set({ projects => listed([ $ONE, 'ap-southeast-1' ], [ $TWO, 'ap-southeast-3' ]) });
is($me->query($WHERE), "$TWO|ap-southeast-3", 'is asked for again');
$sim->set({ projects => '' });
options(projects => "$ONE,$TWO", regions => 'ap-southeast-3', region => 'ap-southeast-3');
is($me->query($WHERE . " WHERE region = 'ap-southeast-1'"), "$ONE|ap-southeast-1", 'option projects, another region');

# ---- nothing is left out in silence -----------------------------------------

options(projects => 'auto', regions => 'eu-west-0,ap-southeast-3');
$sim->set({ projects => listed([ $ONE, 'ap-southeast-1' ]) });
fails($WHERE, qr/could not find any project.*lists no project that is enabled in regions eu-west-0, ap-southeast-3\./s,
	'projects auto, and none is there');
fails("$WHERE WHERE region = 'ap-southeast-3'", qr/lists no project that is enabled in region ap-southeast-3\./, 'in the region of the query');
is(hss(), '', 'and HSS is not asked');
fails("$WHERE WHERE project_id = '$ONE'", qr/could not read project "$ONE" by.*"hss_quotas".*lies in region "ap-southeast-1", which option "regions" leaves out.*"region"/s,
	'a project of the query, not in the regions of the options');
is($me->query("$WHERE WHERE project_id = '$ONE' AND region IN ('eu-west-0', 'ap-southeast-1')"),
	"$ONE|ap-southeast-1", 'regions of the query');
is($me->query("$WHERE WHERE project_id = '$ONE' AND region IN ('eu-west-0', 'ap-southeast-3')"),
	'', 'where the project is not');
options(projects => "$ONE");
fails($WHERE, qr/could not read project "$ONE".*"regions" leaves out/s, 'a project of the options');
is($me->query("$WHERE WHERE region IN ('eu-west-0', 'ap-southeast-3')"), '', 'in regions of the query');
options(projects => 'auto', regions => undef, region => undef);
$sim->set({ projects => '{"projects":[]}' });
fails($WHERE, qr/lists no project that is enabled\./, 'no project at all');
$sim->set({ projects => '' });

# ---- joins ------------------------------------------------------------------

options(projects => undef, regions => undef, region => 'ap-southeast-1');
$me->query("CREATE TABLE wanted AS SELECT unnest(ARRAY['$ONE', '$TWO']) AS project_id, unnest(ARRAY['ap-southeast-1', 'ap-southeast-3']) AS region; ANALYZE wanted");
my $JOIN = 'SELECT q.project_id, count(*) FROM wanted w JOIN hss_quotas q USING (%s) GROUP BY 1 ORDER BY 1';
for my $hash ('on', 'off')
{
	$me->query("SET enable_hashjoin = $hash; SET enable_mergejoin = $hash; SET enable_nestloop = " . ($hash eq 'on' ? 'off' : 'on'));
	is($me->query(sprintf $JOIN, 'project_id'), "$ONE|100", "a join reads what the options say (hash joins $hash)");
}
$me->query('RESET ALL');
options(region => undef);
is($me->query(sprintf $JOIN, 'project_id'), "$ONE|100\n$TWO|100", 'without options, what the join names');
is($me->query(sprintf $JOIN, 'region'), "$ONE|100\n$TWO|100", 'a join on region');
fails('SELECT * FROM hss_quotas a JOIN hss_quota_summary b USING (project_id)',
	qr/needs a value for "project_id".*column "project_id" or "region"/s, 'two tables, each waiting for the other');
fails("$WHERE WHERE project_id = ANY (ARRAY(SELECT 'p' || i FROM generate_series(1, 5000) i))",
	qr/more than 4096 lists/, 'too many projects');

# ---- one of several fails ---------------------------------------------------

options(region => 'ap-southeast-1');
$sim->set({ fail => '403', fail_on => "/v5/$TWO/" });
fails("$WHERE WHERE region IN ('ap-southeast-1', 'ap-southeast-3')", qr/HTTP 403/, 'one of two projects fails');
options(on_project_error => 'skip');
my ($status, $rows, $message) = $node->psql('postgres', "$WHERE WHERE region IN ('ap-southeast-1', 'ap-southeast-3')");
is($rows, "$ONE|ap-southeast-1", 'the other is read');
like($message, qr/WARNING:.*skipped project "$TWO" in region "ap-southeast-3".*HTTP 403/s, 'and a warning names it');
$sim->clear_log;
$sim->set({ fail => '401', fail_on => "/v5/$ONE/" });
fails("$WHERE WHERE region IN ('ap-southeast-1', 'ap-southeast-3')", qr/HTTP 401/, 'a refused key is no failure of a project');
cmp_ok(scalar $sim->requests('quotas-detail'), '<=', 4, 'and ends the query: what was on its way was the last');

# ---- the README's examples ----------------------------------------------------

$me->query("ALTER SERVER huawei OPTIONS (DROP on_project_error)");
$sim->set({ fail => '', fail_on => '' });
my %places = slurp_file("$ENV{TESTDIR}/README.md") =~ /<!-- places ([a-z ]+) -->\n```sql\n(.*?)```/gs;
is_deeply([ sort keys %places ], [qw(auto named)], 'examples in the README');
is(join("\n", sort split /\n/, $me->query($places{named})),
	"ap-southeast-1|$ONE|100\nap-southeast-3|$TWO|100", 'regions that the query names');
is(join("\n", sort split /\n/, $me->query($places{auto})),
	"ap-southeast-1|$ONE|100\nap-southeast-1|$SUB|100\nap-southeast-3|$TWO|100", 'regions of the options');

done_testing();
