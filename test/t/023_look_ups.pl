# IAM's list of projects is as little to be trusted as any other answer.

use strict;
use warnings;

use HwBss;
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Test::More;

my $sim = HwBss->new;
my $node = HwBss::node('look_ups');
my $session = HwBss::session($node);
$sim->connect_node($node, options => { retry_budget => '0', projects => 'auto', max_response_size => '8MB' });
my $QUERY = 'SELECT count(*) FROM hss_quotas';
my ($REPLY, $ENDED) = (qr/^Something else than the API may have answered/, qr/^The connection ended/);

# ---- what goes wrong ---------------------------------------------------------

# How, SQLSTATE, detail, hint, requests received by IAM.
for my $fault (
	[ 'fail=reset_before', 'HV00N', qr/gave no answer/, qr/^Check the endpoint/, 1 ],
	[ 'fail=truncate', 'HV00N', qr/answered HTTP 200/, $ENDED, 1 ],
	[ 'fail=bad_gzip', 'HV00M', qr/HTTP 200/, $REPLY, 1 ],
	[ 'fail=gzip_bomb', '54000', qr/larger than 8388608 bytes/, qr/max_response_size/, 1 ],
	[ 'fail=endless_body', '54000', qr/larger than 8388608 bytes/, qr/max_response_size/, 1 ],
	[ 'fail=endless_headers', '54000', qr/HTTP 200/, qr/^$/, 1 ],
	[ 'fail=redirect', 'HV00M', qr/HTTP 302/, $REPLY, 1 ],
	[ 'fail=429', '53400', qr/HTTP 429/, qr/retry_budget/, 1 ],
	[ 'fail=500', 'HV00M', qr/HTTP 500/, qr/^Try again later/, 1 ],
	[ 'fail=html502', 'HV00M', qr/HTTP 502/, qr/^Try again later/, 1 ],
	[ 'fail=403', '42501', qr/HTTP 403/, qr/user mapping/, 1 ],
	[ 'fail=0301;fail_text=verify%20aksk%20signature%20fail', '28000', qr/verify aksk/, qr/^Check the access key/, 1 ])
{
	my ($how, $state, $detail, $hint, $requests) = @$fault;
	my $url = $sim->url("$how;fail_on=iam;id=f" . $sim->port . length $how);
	$session->query("SELECT hwbss_fdw_forget(); ALTER SERVER huawei OPTIONS (SET endpoint '$url')");
	$sim->clear_log;
	$session->query($QUERY);
	my $error = $session->error || {};
	is($error->{state}, $state, "$how: SQLSTATE");
	is($error->{message}, 'could not look up the projects for foreign table "hss_quotas"', "$how: message");
	like($error->{detail}, qr/^API "projects"/, "$how: who");
	like($error->{detail}, $detail, "$how: detail");
	like($error->{hint}, $hint, "$how: hint");
	is(scalar $sim->log, $requests, "$how: requests, none of them elsewhere");
}
$session->query("ALTER SERVER huawei OPTIONS (SET endpoint '" . $sim->url . "')");

# ---- what is said ------------------------------------------------------------

my ($id, $region) = ($HwBss::PROJECT, 'ap-southeast-1');
sub list { return JSON::PP->new->canonical->encode({ projects => [@_] }) }
sub project { my ($i, $name) = @_; return { id => $i, name => $name, enabled => JSON::PP::true } }

sub look_up
{
	my ($body) = @_;
	$session->query('SELECT hwbss_fdw_forget()');
	$sim->set({ projects => $body });
	$sim->clear_log;
	my $rows = $session->query($QUERY);
	is(scalar(grep { $_->{bug} } $sim->log), 0, 'the simulator knows it');
	return $rows;
}

is(look_up(list(project($id, $region))), 100, 'a list of one');
my @BAD = (
	[ 'a path' => list(project('../../v3/auth', $region)), qr/project without valid "id"/ ],
	[ 'a header in an ID' => list(project("$id\r\nX-Injected: 1", $region)), qr/project without valid "id"/ ],
	[ 'a header in a region' => list(project($id, "x\r\nX-Injected: 1_dev")), qr/does not begin with a region/ ],
	[ 'a host for a region' => list(project($id, 'evil.example.com/')), qr/does not begin with a region/ ],
	[ 'letters of other scripts' => list(project($id, "\x{df}\x{6771}")), qr/does not begin with a region/ ],
	[ 'no ID' => '{"projects":[{"name":"x"}]}', qr/project without valid "id"/ ],
	[ 'no name' => '{"projects":[{"id":"x"}]}', qr/does not begin with a region/ ],
	[ 'HTML' => '<html></html>', qr/no value/ ],
	[ 'another list' => '{"domains":[]}', qr/no list "projects"/ ],
	[ 'an error in a 200' => '{"error_code":"CBC.5001","error_msg":"x"}', qr/no list "projects"/ ]);
for my $bad (@BAD)
{
	my ($what, $body, $detail) = @$bad;
	look_up($body);
	my $error = $session->error || {};
	is($error->{state}, 'HV00M', "$what: SQLSTATE");
	like($error->{detail}, $detail, "$what: detail");
	is(scalar $sim->log, 1, "$what: nothing more is sent");
}

# So many that each could not be compared with each other.
look_up(list(map { project("p$_", $region) } 1 .. 60000));
is($session->state, '54000', 'too many projects');
like($session->error->{detail}, qr/more than 4096 projects/, 'are refused');
is(look_up(list((project($id, $region)) x 4096)), 100, 'the same one, over and over, is read once');
is(scalar $sim->requests('quotas-detail'), 2, 'with the requests of one');

# ---- what is kept ------------------------------------------------------------

$sim->set({ projects => undef });
$session->query('ALTER SERVER huawei OPTIONS (DROP projects, DROP project_id)');
my $before;
for my $round (1 .. 3)
{
	$session->query(qq{DO \$\$ BEGIN FOR i IN 1 .. 150 LOOP
		BEGIN EXECUTE format('SELECT FROM hss_quotas WHERE region = %L', 'r-' || $round || '-' || i);
		EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END \$\$});
	my $kept = $session->query(q{SELECT sum(used_bytes) FROM pg_backend_memory_contexts WHERE name = 'CacheMemoryContext'});
	$before = $kept if $round == 2;
	cmp_ok($kept - $before, '<', 4096, 'look-ups of many regions take no more memory') if $round == 3;
}
is($session->query("$QUERY WHERE region = 'ap-southeast-1'"), 100, 'and the session goes on');

$session->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP|leak/, 'nothing crashed, nothing leaked');
done_testing();
