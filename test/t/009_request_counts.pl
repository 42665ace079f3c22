# What queries cost in requests, by the simulator's log: test/requests.tsv.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use HwBss;
use Test::More;

my $sim = HwBss->new;
my $node = HwBss::node('request_counts');
my %schema;    # by options

open my $table, '<', abs_path(dirname(__FILE__)) . '/../requests.tsv'
  or die "requests.tsv: $!";
my @lines = grep { !/^#/ } <$table>;
close $table;
chomp @lines;
is(shift @lines, join("\t", qw(what options before query requests)),
	'the columns are as expected');

$sim->set({ quotas => 990 });
for my $options ('', map { (split /\t/)[1] } @lines)
{
	next if $schema{$options};
	my %value = $options =~ /(\w+) '([^']*)'/g;
	my $name = 's' . (1 + keys %schema);
	$sim->connect_node($node, server => $name, schema => $name,
		options => \%value);
	$schema{$options} = $name;
}
$node->safe_psql('postgres', q{
	CREATE TABLE few AS SELECT resource_id FROM s1.hss_quotas
		WHERE category = 'host_resource' ORDER BY resource_id LIMIT 3;
	CREATE TABLE many AS SELECT resource_id FROM s1.hss_quotas
		UNION ALL SELECT 'nowhere-' || i FROM generate_series(1, 2010) i;
	ANALYZE few, many;
});

for my $line (@lines)
{
	my ($what, $options, $before, $query, $requests) = split /\t/, $line;
	my $session = HwBss::session($node);

	$session->query("SET search_path = $schema{$options}, public");
	$session->query($before) if $before;
	is($session->stderr, '', "$what: what runs before is in order");
	$sim->clear_log;
	$session->query($query);
	is($session->stderr, '', "$what: no error");
	is(scalar $sim->log, $requests, "$what: $requests requests");
	$session->quit;
}

$node->stop;
done_testing();
