# EvalPlanQual: a row that another session changes while a statement waits for
# it is judged anew, and the foreign tables of the statement with it.

use strict;
use warnings;

use HwBss;
use Test::More;

my $sim = HwBss->new;
my $node = HwBss::node('locks');
$sim->connect_node($node, case => { quotas => 1000 });
my $one = HwBss::session($node);
my $two = HwBss::session($node);

$one->query(q{
	CREATE TABLE price (id int PRIMARY KEY, category text, version text, n bigint);
	INSERT INTO price VALUES (1, 'host_resource', 'hss.version.wtp', 0);
	ANALYZE price;
});

# Runs a statement that has to wait for a row which another session changes,
# and returns what it says.
sub after_change
{
	my ($change, $sql, @settings) = @_;

	$one->query(q{UPDATE price SET category = 'host_resource', version = 'hss.version.wtp', n = 0});
	$one->query("BEGIN; $change");
	$two->query("BEGIN");
	$two->query("SET LOCAL $_") for @settings;
	$two->send($sql);
	HwBss::wait_until {
		$node->safe_psql('postgres',
			q{SELECT count(*) FROM pg_locks WHERE NOT granted}) eq '1';
	} or BAIL_OUT('nobody waits');
	$one->query('COMMIT');
	my $rows = $two->finish;
	is($two->stderr, '', 'no error');
	$two->query('COMMIT');
	return $rows;
}

my $hosts = $one->query(q{SELECT count(*) FROM hss_quotas WHERE category = 'host_resource'});
my $containers = $one->query(q{SELECT count(*) FROM hss_quotas WHERE category = 'container_resource'});
isnt($hosts, $containers, 'two numbers to tell apart');

for my $trust ('false', 'true')
{
	$one->query("ALTER SERVER huawei OPTIONS (ADD trust_total '$trust')");
	note("trust_total $trust");
	like($one->query(q{EXPLAIN UPDATE price SET n = (SELECT count(*) FROM hss_quotas q WHERE q.category = price.category)}),
		$trust eq 'true' ? qr/Count: from totals/ : qr/Aggregate/, 'the plan');
	is(after_change(q{UPDATE price SET category = 'container_resource'},
			q{UPDATE price SET n = (SELECT count(*) FROM hss_quotas q WHERE q.category = price.category) RETURNING n}),
		$containers, 'a correlated count');
	is(after_change(q{UPDATE price SET category = 'container_resource'},
			q{UPDATE price SET n = n + (SELECT count(*) FROM hss_quotas) RETURNING n}),
		$hosts + $containers, 'a count of its own');
	is(after_change(qq{UPDATE price SET n = $containers},
			q{SELECT id FROM price WHERE (n IN (SELECT count(*) FROM hss_quotas GROUP BY category) OR n = 0) FOR UPDATE}),
		1, 'counts in a hashed subplan');
	is(after_change(qq{UPDATE price SET n = $containers},
			q{SELECT id FROM price WHERE n + 0 >= ALL (SELECT count(*) FROM hss_quotas WHERE category <> 'host_resource') OR n = 0 FOR UPDATE}),
		1, 'ALL');
	is(after_change(qq{UPDATE price SET n = $containers},
			q{SELECT id, c.count FROM price, (SELECT count(*) FROM hss_quotas WHERE category <> 'host_resource') c WHERE n = c.count OR n = 0 FOR UPDATE OF price}),
		"1|$containers", 'a count in FROM');
	$one->query('ALTER SERVER huawei OPTIONS (DROP trust_total)');
}

# ---- joins ------------------------------------------------------------------

# The foreign row is the one that the statement has read: the row that changed
# is joined with it anew, and with no other.
my @plans = (
	[ 'nested loop' => 'enable_hashjoin = off', 'enable_mergejoin = off' ],
	[ 'nested loop without Material' => 'enable_hashjoin = off',
		'enable_mergejoin = off', 'enable_material = off' ],
	[ 'hash join' => 'enable_nestloop = off', 'enable_mergejoin = off' ],
	[ 'merge join' => 'enable_nestloop = off', 'enable_hashjoin = off' ]);
my $wtp = $one->query(q{SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.wtp'});
my $id = $one->query(q{SELECT min(resource_id) FROM hss_quotas WHERE version = 'hss.version.wtp'});

for (@plans)
{
	my ($name, @settings) = @$_;
	is(after_change('UPDATE price SET n = 7',
			qq{SELECT p.n, q.resource_id, q.region FROM price p JOIN hss_quotas q ON q.version = p.version AND q.resource_id <= '$id' FOR UPDATE OF p},
			@settings), "7|$id|ap-southeast-1", "$name: the row as it is now");
	is(after_change(q{UPDATE price SET version = 'hss.version.basic'},
			q{SELECT count(*) FROM (SELECT p.n FROM price p JOIN hss_quotas q USING (version) FOR UPDATE OF p) x},
			@settings), 0, "$name: no row that no longer fits");
	is(after_change('UPDATE price SET n = 7',
			q{UPDATE price p SET n = p.n + q.c FROM (SELECT version, count(*) AS c FROM hss_quotas GROUP BY 1) q WHERE q.version = p.version RETURNING n},
			@settings), 7 + $wtp, "$name: UPDATE");
	is(after_change('UPDATE price SET n = 7',
			qq{SELECT p.n, q.* FROM price p LEFT JOIN hss_quotas q ON q.version = p.version AND q.resource_id = '$id' FOR UPDATE OF p},
			@settings) =~ /^7\|$id\|hss\.version\.wtp\|/ ? 1 : 0, 1, "$name: LEFT JOIN, whole rows");
	is(after_change('UPDATE price SET n = 7',
			q{DELETE FROM price p WHERE n = 7 AND EXISTS (SELECT 1 FROM hss_quotas q WHERE q.version = p.version) OR n = 0 AND EXISTS (SELECT 1 FROM hss_quotas q WHERE q.version = p.version) RETURNING n},
			@settings), 7, "$name: DELETE with EXISTS");
	$one->query(q{INSERT INTO price VALUES (1, 'host_resource', 'hss.version.wtp', 0)});
}

# Locks on foreign rows: they cannot be had, and the row is the one read.
is(after_change('UPDATE price SET n = 7',
		qq{SELECT p.n, q.resource_id FROM price p JOIN hss_quotas q ON q.version = p.version AND q.resource_id = '$id' FOR UPDATE}),
	"7|$id", 'FOR UPDATE of both');

# Several scans under Append, which wait side by side, and in a subquery.
$one->query(q{
	CREATE TABLE part (resource_id text, version text, category text,
		region text) PARTITION BY LIST (region);
	CREATE FOREIGN TABLE part_1 (region text, category text, version text,
		resource_id text) SERVER huawei OPTIONS ("table" 'hss_quotas');
	ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES IN ('ap-southeast-1');
	CREATE TABLE part_2 PARTITION OF part DEFAULT;
	INSERT INTO part_2 (resource_id, version, category, region) VALUES ('local', 'hss.version.wtp', 'host_resource', 'here');
});
like($one->query('EXPLAIN SELECT * FROM part'), qr/Async Foreign Scan/, 'Append');
for (@plans)
{
	my ($name, @settings) = @$_;
	is(after_change('UPDATE price SET n = 7',
			qq{SELECT p.n, q.tableoid::regclass, q.* FROM price p JOIN part q USING (version) WHERE q.resource_id IN ('$id', 'local') ORDER BY q.resource_id FOR UPDATE OF p},
			@settings),
		"7|part_1|$id|hss.version.wtp|host_resource|ap-southeast-1\n" .
		"7|part_2|local|hss.version.wtp|host_resource|here",
		"$name: partitions");
}
is(after_change(q{UPDATE price SET category = 'container_resource'},
		q{UPDATE price SET n = (SELECT count(*) FROM part q WHERE q.category = price.category) RETURNING n}),
	$containers, 'partitions in a correlated subquery');
is(after_change(q{UPDATE price SET version = 'hss.version.basic'},
		q{DELETE FROM price WHERE EXISTS (SELECT 1 FROM part q WHERE q.version = price.version AND q.resource_id = 'local' OFFSET 0) RETURNING version}),
	'', 'and in a condition that no longer holds');
done_testing();
