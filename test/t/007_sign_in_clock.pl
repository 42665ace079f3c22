# A clock that is off, and a key that rests after it was refused.

use strict;
use warnings;

use HwBss;
use Test::More;

my $BSS = 'SELECT count(*) FROM bss_package_usages';
my $HSS = 'SELECT count(*) FROM hss_quotas';
my ($AK, $SK) = @{ $HwBss::ACCOUNT{everything} };
my $sim = HwBss->new;
my ($node, $set_clock) = HwBss::node_with_clock('clock');
my $session = HwBss::session($node);
my $EXPIRED = 'fail=0301;fail_text=calc%20aksk%20signature%20fail:signature%20expired';
my $n = 0;
$session->query('CREATE EXTENSION hwbss_fdw');

sub server
{
	my ($case, $secret) = @_;
	my $schema = 'c' . ++$n;
	$sim->connect_node($node, server => $schema, schema => $schema,
		endpoint => $sim->url("$case;id=$schema"),
		mapping_options => { access_key => $AK, secret_key => $secret || $SK });
	$session->query("SET search_path = $schema, public");
	$sim->clear_log;
	return $schema;
}

# ---- the clock ----------------------------------------------------------------

# The service is two hours ahead, and refuses the second attempt, too.
$sim->clock(7200);
server($EXPIRED);
$session->query($BSS);
my $error = $session->error;
is($error->{state}, '28000', 'a clock that is off: SQLSTATE');
like($error->{detail},
	qr/The database server's clock says \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, the service's \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, which is (?:7199|7200|7201) s ahead\.$/,
	'tells both clocks, and how far they are apart');
like($error->{hint}, qr/^Set the clock of the database server/, 'the hint');
my @log = $sim->log;
is(scalar @log, 2, 'two requests');
like($log[0]{refused}, qr/server time:(\w+)/, 'the first one with our time');
my ($theirs) = $log[0]{refused} =~ /server time:(\w+)/;
cmp_ok(abs(substr($log[1]{headers}{'x-sdk-date'}, 9, 6) - substr $theirs, 9, 6), '<=', 41,
	'the second one with the time that the service named');
$sim->clock(0);

# It stays refused although both agree.
server($EXPIRED);
$session->query($BSS);
like($session->error->{detail}, qr/UTC(?:: they agree|, which is \d s (?:ahead|behind))\.$/,
	'clocks that agree');

# Followed, it is no error.
$sim->clock(7200);
server('quotas=30');
is($session->query($BSS), 36, 'two hours are followed');
is(scalar $sim->log, 2, 'after one refusal');
is($session->query('SELECT count(*) FROM hss_quotas'), 30, 'others know');
is(scalar $sim->log, 4, 'and need no refusal');
$sim->clock(0);

# ---- a key that was refused ----------------------------------------------------

my $schema = server('quotas=30', 'wrong');
$session->query('SELECT count(*) FROM hss_quotas');
is($session->state, '28000', 'a wrong key');
for (1 .. 7)
{
	$session->query("BEGIN; $BSS; COMMIT");
	$session->query('ROLLBACK');
}
$session->query($BSS);
like($session->error->{detail}, qr/HTTP 401, APIGW\.0301: .*verify aksk signature fail/,
	'the first refusal is told again');
like($session->error->{hint}, qr/not tried again for five minutes/, 'and why');
is(scalar $sim->log, 1, 'one request in ten statements');
$session->query("ALTER SERVER $schema OPTIONS (SET retry_budget '1s')");
$session->query("ALTER SERVER $schema OPTIONS (ADD retry_budget '1s')");
$session->query($BSS);
is(scalar $sim->log, 2, 'a changed server is tried, once');
$session->query($BSS);
is(scalar $sim->log, 2, 'and no more');
$session->query("ALTER USER MAPPING FOR CURRENT_USER SERVER $schema OPTIONS (SET secret_key '$SK')");
is($session->query($BSS), 36, 'a changed mapping is tried at once');

# Five minutes, by the database server's clock.
SKIP:
{
	skip 'no compiler', 5 unless $set_clock;
	server('quotas=30', 'wrong');
	$session->query($BSS);
	$set_clock->(298);
	$session->query($BSS);
	is(scalar $sim->log, 1, 'not within five minutes');
	like($session->error->{hint}, qr/five minutes/, 'the hint says so');
	$set_clock->(301);
	$session->query($BSS);
	is($session->state, '28000', 'five minutes later');
	is(scalar $sim->log, 2, 'it is tried again, once');
	$session->query($HSS);
	is(scalar $sim->log, 2, 'and rests again');
	$set_clock->(0);
}

# A key that several servers have is refused once for all of them.
server('quotas=30', 'shared');
$session->query($BSS);
is(scalar $sim->log, 1, 'refused to one server');
$schema = server('quotas=30', 'shared');
$session->query($BSS);
is($session->state, '28000', 'another server with the key');
like($session->error->{hint}, qr/not tried again for five minutes/, 'says why');
is(scalar $sim->log, 0, 'and does not try it');

# When a backend misses what has changed, all that it keeps of servers goes,
# but not this.
my $reset = sub {
	my $other = HwBss::session($node);
	kill 'STOP', $session->pid;
	$other->query(q{DO $$ BEGIN FOR i IN 1 .. 1000 LOOP
		EXECUTE 'CREATE TEMP TABLE t' || i || ' (a int)'; EXECUTE 'DROP TABLE t' || i; COMMIT;
		END LOOP; END $$});
	kill 'CONT', $session->pid;
	is($other->stderr, '', 'much changes while a backend looks away');
	$other->quit;
};
isnt($session->query('SELECT count(*) FROM hwbss_fdw_stats()'), 0,
	'servers are known');
$reset->();
is($session->query('SELECT count(*) FROM hwbss_fdw_stats()'), 0,
	'none after a reset');
$session->query($BSS);
like($session->error->{hint}, qr/not tried again for five minutes/, 'the key still rests');
is(scalar $sim->log, 0, 'and is not sent');
$session->query('SELECT hwbss_fdw_forget()');
$session->query($BSS);
is(scalar $sim->log, 1, 'until it is asked to forget');

# Only that key: others of the session go on.
server('quotas=30', 'wrong');
$session->query($BSS);
server('quotas=30');
is($session->query($BSS), 36, 'a good key of another mapping');

$session->quit;
$node->stop;
done_testing();
