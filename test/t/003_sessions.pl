# What a backend keeps between queries, and when it lets go of it.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;

my $PACKAGES = 'SELECT count(*) FROM bss_package_usages';
my $COUNT = 'SELECT count(*) FROM hwbss_fdw_stats()';

my $sim = HwBss->new;
my $node = HwBss::node('sessions');
my $me = HwBss::session($node);
my $name = $me->query('SELECT current_user');
my ($ak, $sk) = @{ $HwBss::ACCOUNT{everything} };
my ($other_ak, $other_sk) = @{ $HwBss::ACCOUNT{customer} };

$sim->connect_node($node, options => { page_size => 50, prefetch => 1,
	retry_budget => '0' });

# The access keys of the requests since the log was cleared.
sub keys_seen
{
	return join ' ', map { $_->{ak} || '-' } $sim->log;
}

# ---- ALTER ------------------------------------------------------------------

my $session = HwBss::session($node);
is($session->query($COUNT), 0, 'no session before the first query');
is($session->query($PACKAGES), 36, 'a query');
is($session->query($COUNT), 1, 'opens one');
my @first = $session->sockets;

$sim->clear_log;
$me->query("ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET access_key '$other_ak', SET secret_key '$other_sk')");
is($session->query($PACKAGES), 36, 'ALTER USER MAPPING by another backend');
is(keys_seen(), $other_ak, 'takes effect at the next statement');
is(scalar $session->sockets, scalar @first, 'on as many descriptors');

$sim->clear_log;
$session->query("ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET access_key '$ak', SET secret_key '$sk')");
is($session->query($PACKAGES), 36, 'ALTER USER MAPPING by the same backend');
is(keys_seen(), $ak, 'takes effect at the next statement');

$sim->clear_log;
$session->query("BEGIN; ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET access_key '$other_ak', SET secret_key '$other_sk')");
$session->query($PACKAGES);
$session->query("ROLLBACK");
is($session->query($PACKAGES), 36, 'after ROLLBACK of ALTER USER MAPPING');
is(keys_seen(), "$other_ak $ak", 'each statement had the mapping it saw');

my $endpoint = $sim->url('packages=7');
$me->query("ALTER SERVER huawei OPTIONS (SET endpoint '$endpoint')");
is($session->query($PACKAGES), 7, 'ALTER SERVER takes effect at the next statement');
$session->query('PREPARE p AS ' . $PACKAGES);
is($session->query('EXECUTE p') . $session->query('EXECUTE p'), '77', 'a prepared statement');
$me->query("ALTER SERVER huawei OPTIONS (SET endpoint '@{[ $sim->url ]}')");
is($session->query('EXECUTE p'), 36, 'sees ALTER SERVER too');

$me->query("ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET access_key '$ak', SET secret_key 'wrong')");
$session->query($PACKAGES);
is($session->state, '28000', 'a mapping becomes wrong');
$me->query("ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET secret_key '$sk')");
is($session->query($PACKAGES), 36, 'and right again');

# ---- open cursors -----------------------------------------------------------

my $HOSTS = q{SELECT resource_id FROM hss_quotas WHERE category = 'host_resource'};
my $all = $node->safe_psql('postgres', "$HOSTS");
my $total = () = $all =~ /^./mg;
cmp_ok($total, '>', 50, 'a list of more than one page');
my $pages = int($total / 50) + 1;

for my $change (
	[ 'ALTER USER MAPPING' =>
		"ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET access_key '$other_ak', SET secret_key '$other_sk')",
		"ALTER USER MAPPING FOR CURRENT_USER SERVER huawei OPTIONS (SET access_key '$ak', SET secret_key '$sk')" ],
	[ 'ALTER SERVER' =>
		"ALTER SERVER huawei OPTIONS (SET endpoint '$endpoint')",
		"ALTER SERVER huawei OPTIONS (SET endpoint '@{[ $sim->url ]}')" ],
	[ 'hwbss_fdw_forget()' => undef, undef ])
{
	my ($what, $do, $undo) = @$change;
	$sim->clear_log;
	$session->query("BEGIN; DECLARE c CURSOR FOR $HOSTS");
	my $rows = $session->query('FETCH 10 FROM c');
	if ($do)
	{
		$me->query($do);
		is($me->stderr, '', "$what over an open cursor");
	}
	else
	{
		is($session->query('SELECT hwbss_fdw_forget()'), '', "$what over an open cursor");
	}
	is($session->query($PACKAGES), $what eq 'ALTER SERVER' ? 7 : 36,
		"$what: a new query of the transaction");
	$rows .= "\n" . $session->query('FETCH ALL FROM c');
	is($session->stderr, '', "$what: the cursor reads on");
	is($rows, $all, "$what: all its rows, in the old way");
	my @log = $sim->log('quotas-detail');
	is(scalar(grep { $_->{ak} eq $ak } @log), scalar @log,
		"$what: with the key it began with");
	is(($sim->log('usages'))[0]{ak},
		$what eq 'ALTER USER MAPPING' ? $other_ak : $ak,
		"$what: the other query with the new one");
	$session->query('COMMIT');
	is($session->query($COUNT), 1, "$what: one session is left");
	$me->query($undo) if $undo;
}
is($session->query($PACKAGES), 36, 'all is as before');
is(scalar $session->sockets, scalar @first, 'descriptors too');

# DROP ... CASCADE wants a lock that a cursor's table holds: the cursor's own
# backend is refused, another one waits until it is done.
$sim->connect_node($node, server => 'doomed', schema => 'doomed',
	options => { page_size => 50, prefetch => 1 });
$session->query("BEGIN; DECLARE c CURSOR FOR SELECT * FROM doomed.hss_quotas; FETCH 1 FROM c");
$session->query('SAVEPOINT s; DROP SERVER doomed CASCADE');
is($session->state, '55006', 'DROP SERVER CASCADE under a cursor: in use');
my $rest = $session->query('ROLLBACK TO s; FETCH ALL FROM c');
is(scalar(split /\n/, $rest), 99, 'the cursor reads on');
$me->send('DROP SERVER doomed CASCADE');
ok($node->poll_query_until('postgres',
		"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = " . $me->pid),
	'another backend waits');
$session->query('COMMIT');
$me->finish;
is($me->state, '', 'and drops it afterwards');
$session->query('SELECT * FROM doomed.hss_quotas');
is($session->state, '42P01', 'the table is gone');
is($session->query($COUNT), 1, 'its session too');

# The mapping alone can go under a cursor.
$sim->connect_node($node, server => 'half', schema => 'half',
	options => { page_size => 50, prefetch => 1 });
$session->query("BEGIN; DECLARE c CURSOR FOR SELECT * FROM half.hss_quotas; FETCH 1 FROM c");
$me->query('DROP USER MAPPING FOR CURRENT_USER SERVER half');
$rest = $session->query('FETCH ALL FROM c');
is(scalar(split /\n/, $rest), 99, 'DROP USER MAPPING: the cursor reads on');
$session->query('SAVEPOINT s; SELECT * FROM half.bss_package_usages');
is($session->state, '42704', 'a new query has no mapping');
like($session->error->{message}, qr/^role "\Q$name\E" has no user mapping for server "half"$/,
	'and says so');
like($session->error->{hint}, qr/^Create one: CREATE USER MAPPING FOR "?\Q$name\E"? SERVER half OPTIONS \(access_key '\.\.\.', secret_key '\.\.\.'\);?\.?$/,
	'and how to create it');
$session->query('ROLLBACK TO s; COMMIT');
is($session->query($COUNT), 1, 'the session of the mapping is gone');

# ---- forget -----------------------------------------------------------------

$session->query('SELECT hwbss_fdw_forget()');
is($session->query($COUNT), 0, 'hwbss_fdw_forget() closes the sessions');
is(scalar(grep { /socket|event/ } $session->sockets),
	scalar(grep { /socket|event/ } HwBss::session($node)->sockets),
	'down to the descriptors of a new backend');
is($session->query("SELECT hwbss_fdw_forget(); $PACKAGES"), "\n36",
	'and the next query opens one again');

# ---- roles ------------------------------------------------------------------

$me->query(qq{
	CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE carol LOGIN;
	GRANT USAGE ON FOREIGN SERVER huawei TO alice, bob, carol;
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO alice, bob, carol;
	CREATE USER MAPPING FOR alice SERVER huawei OPTIONS (access_key '$other_ak', secret_key '$other_sk');
	CREATE USER MAPPING FOR PUBLIC SERVER huawei OPTIONS (token 'simTokenDomain-customer-0123456789abcdef');
	CREATE VIEW view_of_alice AS $PACKAGES;
	ALTER VIEW view_of_alice OWNER TO alice;
	GRANT SELECT ON view_of_alice TO bob;
	CREATE FUNCTION as_alice() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS '$PACKAGES';
	ALTER FUNCTION as_alice() OWNER TO alice;
});
is($me->stderr, '', 'roles');
my %who = (
	"SET ROLE alice; $PACKAGES" => $other_ak,
	"SET ROLE bob; $PACKAGES" => '-',
	"SET ROLE carol; $PACKAGES" => '-',
	"RESET ROLE; $PACKAGES" => $ak,
	'SET ROLE bob; SELECT * FROM view_of_alice' => $other_ak,
	'SET ROLE bob; SELECT as_alice()' => $other_ak);
for my $sql (sort keys %who)
{
	$sim->clear_log;
	is($session->query("$sql"), 36, $sql);
	is(join(' ', map { $_->{headers}{'x-auth-token'} ? '-' : $_->{ak} } $sim->log), $who{$sql},
		"$sql: whose key");
	$session->query('RESET ROLE');
}
is($session->query(q{SELECT role_name, requests FROM hwbss_fdw_stats()
		WHERE role_name IN ('alice', 'bob', 'carol', 'public') ORDER BY 1}),
	"alice|3\npublic|2",
	'one session per mapping: bob and carol share that of PUBLIC');
$me->query('DROP USER MAPPING FOR PUBLIC SERVER huawei');
$session->query("SET ROLE bob; $PACKAGES");
is($session->state, '42704', 'without the mapping of PUBLIC: an error');
$session->query('RESET ROLE');
is($session->query("SELECT count(*) FROM hwbss_fdw_stats() WHERE role_name = 'public'"), 0,
	'and its session is closed');

# ---- several servers at a time ----------------------------------------------

for my $n (1 .. 4)
{
	$sim->connect_node($node, server => "s$n", schema => "s$n",
		case => "packages=$n", limit_to => ['bss_package_usages']);
}
is($session->query('SELECT count(*) FROM (' . join(' UNION ALL ',
			map { "SELECT * FROM s$_.bss_package_usages" } 1 .. 4) . ') q'),
	10, 'four servers in one query');

# ---- many backends ----------------------------------------------------------

$sim->clear_log;
my @many = map { HwBss::session($node) } 1 .. 16;
$_->send("$PACKAGES; SELECT count(*) FROM hss_quotas; SELECT sum(requests) FROM hwbss_fdw_stats()") for @many;
my @answers = map { $_->finish } @many;
is_deeply([ map { s/\n\d+$//r } @answers ], [ ("36\n100") x 16 ],
	'sixteen backends at a time');
is(scalar(grep { $_->stderr } @many), 0, 'without errors');
my %per;
$per{ $_->{connection} }++ for $sim->log;
cmp_ok(scalar keys %per, '>=', 16, 'each with connections of its own');
$_->quit for @many;
ok(HwBss::wait_until(sub {
		my $mine = grep { /socket/ } $session->sockets;
		return $sim->stats->{open_connections} <= 1 + $mine; }),
	'which end with them');

# ---- out of descriptors -----------------------------------------------------

# A third of this, less what the test lets the server inherit: room for one
# session or two, never for six.
my $poor = HwBss::node('poor', 'max_files_per_process = 160');
$sim->connect_node($poor, server => "s$_", schema => "s$_",
	limit_to => ['bss_package_usages']) for 1 .. 6;
my $few = HwBss::session($poor);
for my $n (1 .. 6)
{
	is($few->query("SELECT count(*) FROM s$n.bss_package_usages"), 36,
		"few descriptors: server $n, after idle sessions made room");
}
cmp_ok($few->query($COUNT), '<', 6, 'not all are kept');

# Sessions in use cannot make room.
$few->query('SELECT count(*) FROM (' . join(' UNION ALL ',
		map { "SELECT * FROM s$_.bss_package_usages" } 1 .. 6) . ') q');
is($few->state, '53000', 'few descriptors: six servers in one query are refused');
is($few->error->{message}, 'too many open files in this session', 'says what');
like($few->error->{detail},
	qr/^A session of hwbss_fdw needs \d+ file descriptors\.$/, 'why');
like($few->error->{hint}, qr/max_files_per_process/, 'and what to do');
is($few->query('SELECT count(*) FROM s6.bss_package_usages'), 36,
	'the next query has room again');
is($few->query('SELECT 1'), 1, 'the backend lives on');
$few->quit;
$poor->stop;

$session->quit;
$me->quit;
$node->stop;
for ($node, $poor)
{
	unlike(slurp_file($_->logfile), qr/terminated by signal|PANIC|TRAP|leak/,
		'nothing crashed, nothing leaked');
}
done_testing();
