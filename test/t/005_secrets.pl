# Secrets are written nowhere: not in errors, not in the log at DEBUG5, not in
# plans, statistics or the log of a crash.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;

# Words that occur nowhere else.  The first three are right or wrong keys of
# requests; the rest is what a careless user might write.
my %secret = (
	'a secret key' => $HwBss::ACCOUNT{everything}[1],
	'an access key' => 'SIMAK0EVERYTHING0000',
	'a wrong secret key' => 'marker-wrong-secret-4f1c',
	'an unknown access key' => 'MARKERUNKNOWNKEY7e2b',
	'a security token' => 'simSecurityToken-0123456789abcdef',
	'the key of it' => 'simSkTemporary/+0123456789abcdefghijklmno',
	'a password' => 'sim-Password/1',
	'a wrong password' => 'marker-wrong-password-61c4',
	'a token that IAM gave' => 'simIssuedToken-',
	'a token of the metadata service' => 'simMetadataToken-',
	'a security token that it gave' => 'simSecurityToken-0',
	'a secret key in a file' => 'marker-profile-secret-22d1',
	'an access key in a file' => 'MARKERPROFILEKEY55aa',
	'another word in a file' => 'marker-profile-word-7c02',
	'a token' => 'simTokenDomain-everything-0123456789abcdef',
	'a wrong token' => 'marker-wrong-token-93ad',
	'a password in a proxy' => 'marker-proxy-password-b70e',
	'a password in an endpoint' => 'marker-endpoint-password-58c3',
	'a secret in the wrong place' => 'marker-misplaced-a911',
	'a secret too long' => 'marker-long-' . 'x' x 1100);

my $sim = HwBss->new;
my $file = PostgreSQL::Test::Utils::tempdir() . '/credentials';
append_to_file($file, join "\n", $secret{'another word in a file'},
	'[basic]', "ak = $secret{'an access key in a file'}",
	"sk = $secret{'a secret key in a file'}",
	'[global]', "ak = $secret{'an access key in a file'}", $secret{'another word in a file'});
my $node = HwBss::node('secrets',
	"hwbss_fdw.metadata_endpoint = '" . $sim->url . "'", 'log_min_messages = debug5',
	'log_statement = none', 'log_min_error_statement = panic',
	'log_min_duration_statement = -1', 'log_error_verbosity = verbose',
	'restart_after_crash = on');
my $written = '';

# A session that hears all that is said to it.  Only where no statement names
# a secret are its trees of any use: they would show it.
sub listener
{
	my ($prints) = @_;
	return HwBss::session($node, settings => {
		client_min_messages => 'debug5',
		map { ("debug_print_$_" => $prints) } qw(parse rewritten plan) });
}

my $session = listener('on');
my $admin = listener('off');

# Runs it and keeps what was written.
sub run
{
	my ($sql, $where) = @_;
	$where ||= $session;
	my $rows = $where->query($sql);
	$written .= "$rows\n" . $where->stderr . "\n";
	return $rows;
}

my %mapping = (
	good => { access_key => $secret{'an access key'}, secret_key => $secret{'a secret key'} },
	wrong => { access_key => $secret{'an access key'}, secret_key => $secret{'a wrong secret key'} },
	unknown => { access_key => $secret{'an unknown access key'}, secret_key => $secret{'a wrong secret key'} },
	temporary => { access_key => 'SIMAK0TEMPORARY00000', secret_key => $secret{'the key of it'},
		security_token => $secret{'a security token'} },
	token => { token => $secret{'a token'} },
	badtoken => { token => $secret{'a wrong token'} },
	password => { user_name => 'sim-user', domain_name => 'sim-account',
		password => $secret{'a password'} },
	badpassword => { user_name => 'sim-user', domain_name => 'sim-account',
		password => $secret{'a wrong password'} },
	metadata => { credential_source => 'metadata' },
	profile => { credential_source => 'profile', profile_path => $file });

# Of the ways that take requests of their own, fewer tables are enough.
my %briefly = map { $_ => 1 } qw(password badpassword metadata profile);

run('CREATE EXTENSION hwbss_fdw');
for my $name (sort keys %mapping)
{
	for my $case ('', 'fail=503', 'reply=not_json', 'fail=truncate',
		'fail=0301;fail_text=verify%20aksk%20signature%20fail')
	{
		my $schema = $name . ($case =~ s/[^a-z0-9].*//r) . (length $case);
		my %server = (endpoint => $case ? $sim->url($case) : $sim->url,
			allow_insecure => 'true', region => 'ap-southeast-1',
			project_id => $HwBss::PROJECT, retry_budget => '0');
		run("CREATE SCHEMA $schema; CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw "
			  . HwBss::options(%server));
		run("CREATE USER MAPPING FOR CURRENT_USER SERVER $schema "
			  . HwBss::options(%{ $mapping{$name} }), $admin);
		run("IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $schema INTO $schema");
		run("SET search_path = $schema, public");
		for my $table ($briefly{$name} ? qw(bss_package_usages hss_quota_summary)
			: qw(bss_package_usages hss_quotas bss_consumption_quota))
		{
			run("SELECT count(*) FROM $table");
			run("EXPLAIN VERBOSE SELECT * FROM $table");
			run("EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) SELECT * FROM $table");
			run("PREPARE p AS SELECT * FROM $table; EXECUTE p; DEALLOCATE p");
		}
		# Projects of another region, or of all, are looked up at IAM.
		run("SELECT count(*) FROM hss_quotas WHERE region = 'ap-southeast-3'");
		run("SELECT count(*) FROM hss_quotas WHERE region IN ('nowhere-1', 'ap-southeast-3')");
		run('SELECT * FROM hwbss_fdw_activity');
		run('SELECT * FROM hwbss_fdw_stats()');
		run("SELECT * FROM hwbss_fdw_probe('$schema')");
		run("SELECT * FROM pg_stat_activity WHERE query NOT LIKE '%CREATE USER MAPPING%'");
		run('SELECT hwbss_fdw_forget()');
	}
}
run('SELECT * FROM hwbss_fdw_options()');
run('SELECT 1 AS marker_that_is_found');
run('SELECT * FROM pg_foreign_server');
run("SELECT srvname, srvoptions FROM pg_foreign_server");

# The simulator tells the canonical request, and any text that we want.
$sim->set({ fail => '0301', error_shape => 'E1' });
for my $text ("verify aksk signature fail, Access=$secret{'an access key'}, SignedHeaders=host, Signature=" . '0' x 64,
	"ak $secret{'an access key'} not exist",
	"canonicalRequest:GET|/|x-security-token:$secret{'a security token'}|")
{
	$sim->set({ fail_text => $text });
	run('SET search_path = good0, public; SELECT hwbss_fdw_forget(); SELECT * FROM bss_package_usages');
	like($session->stderr, qr/28000/, 'a refusal with too much in it');
}
$sim->reset;

# ---- options that are refused -----------------------------------------------

my $alter = 'ALTER USER MAPPING FOR CURRENT_USER SERVER good0 OPTIONS';
my $server = 'CREATE SERVER refused FOREIGN DATA WRAPPER hwbss_fdw OPTIONS';
for my $sql (
	"$alter (SET secret_key '$secret{'a secret too long'}')",
	"$alter (SET secret_key ' $secret{'a wrong secret key'}')",
	"$alter (SET secret_key E'$secret{'a wrong secret key'}\\n')",
	"$alter (ADD token '$secret{'a token'}')",
	"$alter (ADD secret '$secret{'a wrong secret key'}')",
	"$alter (DROP access_key)",
	"$alter (ADD password '$secret{'a password'}')",
	"$alter (DROP access_key, DROP secret_key, ADD password '$secret{'a wrong password'}')",
	"$alter (DROP access_key, DROP secret_key, ADD user_id 'u', ADD password ' $secret{'a wrong password'}')",
	"$server (password '$secret{'a secret in the wrong place'}')",
	"$server (secret_key '$secret{'a secret in the wrong place'}')",
	"$server (token '$secret{'a secret in the wrong place'}')",
	"$server (proxy 'http://user:$secret{'a password in a proxy'}\@proxy.example.com:99999')",
	"$server (endpoint 'https://user:$secret{'a password in an endpoint'}\@example.com')",
	"$server (endpoint 'http://user:$secret{'a password in an endpoint'}\@example.com')",
	"CREATE FOREIGN TABLE refused (a int) SERVER good0 OPTIONS (access_key '$secret{'a secret in the wrong place'}')",
	"ALTER FOREIGN TABLE good0.hss_quotas ALTER version OPTIONS (ADD token '$secret{'a secret in the wrong place'}')")
{
	run($sql, $admin);
	(my $shown = $sql) =~ s/'.*//s;
	isnt($admin->state, '', "refused: $shown");
}

# ---- a crash ----------------------------------------------------------------

# PostgreSQL tells what each process was running last.
$admin->quit;
ok(HwBss::wait_until(sub { !$admin->is_alive }), 'who named secrets has gone');
$sim->set({ hang => 'before_headers' });
$sim->clear_log;
$session->send('SELECT count(*) FROM temporary0.bss_package_usages');
is($sim->wait_requests(1), 1, 'a query waits');
kill 'ABRT', $session->pid;
$session->finish;
$written .= $session->stderr;
$sim->set({ hang => undef });
ok(HwBss::wait_until(sub {
		slurp_file($node->logfile) =~ /terminated by signal 6/ }), 'it crashes');
ok($node->poll_query_until('postgres', 'SELECT true'), 'the server recovers');
$session = listener('on');
is(run('SELECT count(*) FROM good0.bss_package_usages'), 36, 'and reads');
$session->quit;
$node->stop;

# ---- the search -------------------------------------------------------------

my $log = slurp_file($node->logfile);

cmp_ok(length $log, '>', 1e6, 'a talkative log of ' . length($log) . ' bytes');
cmp_ok(length $written, '>', 1e5, 'and ' . length($written) . ' bytes of output');
like($log, qr/marker_that_is_found/, 'the log has the trees of statements');
like($log, qr/DEBUG/, 'the log is at DEBUG');
like($log, qr/could not read foreign table/, 'with errors of ours');

for my $place ([ 'the log', \$log ], [ 'what clients were told', \$written ])
{
	my ($where, $text) = @$place;
	for my $what (sort keys %secret)
	{
		my $at = index $$text, $secret{$what};
		is($at, -1, "$what is not in $where");
		diag(substr $$text, $at > 300 ? $at - 300 : 0, 700) if $at >= 0;
	}
	unlike($$text, qr/SDK-HMAC-SHA256/, "no signature is in $where");
	unlike($$text, qr/Signature=[0-9a-f]{8}/i, "nor part of one in $where");
	unlike($$text, qr/x-security-token:|X-Auth-Token: /i,
		"no header is in $where");
}

done_testing();
