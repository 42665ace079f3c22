# How few connections a session makes, and what it keeps of them.

use strict;
use warnings;

use HwBss;
use IPC::Open3 qw(open3);
use PostgreSQL::Test::Utils;
use Test::More;

my $TWO = '1b2c3d4e5f60718293a4b5c6d7e8f90a';
my $ALL = 'SELECT count(resource_id) FROM hss_quotas';
# Two strands, of three and of two pages.
my $STRANDS = "$ALL WHERE category IN ('host_resource', 'container_resource')";

my $sim = HwBss->new(tls => 1);
my $node = HwBss::node('connections');

# The connections of what the simulator's log holds, in order, and whether
# each began with the TLS session of an earlier one.
sub connections
{
	my (%reused, @numbers);
	for my $entry ($sim->log)
	{
		my $number = $entry->{connection};
		push @numbers, $number if !exists $reused{$number};
		$reused{$number} = $entry->{session_reused} ? 1 : 0;
	}
	return map { [ $_, $reused{$_} ] } @numbers;
}

# ---- HTTP/1.1 ----------------------------------------------------------------

# One page at a time needs one connection; pages ahead may need several.
my %PLACE = (http => $sim->url('quotas=990'),
	https => $sim->tls_url('quotas=990'));
for my $scheme (sort keys %PLACE)
{
	$sim->connect_node($node, schema => $scheme, server => $scheme,
		endpoint => $PLACE{$scheme},
		options => { prefetch => 1, ca_file => $sim->certificate });
	my $session = HwBss::session($node);
	$session->query("SET search_path = $scheme");

	$sim->clear_log;
	is($session->query($ALL), 990, "$scheme: a list of five pages");
	my @first = connections();
	is(scalar @first, 1, "$scheme: comes over one connection");
	$session->query($_) for $ALL, 'SELECT count(*) FROM hss_quota_tags';
	is_deeply([ connections() ], \@first,
		"$scheme: and so do the lists of later statements");

	# The server may end what is idle at any time.
	my $was = scalar $session->sockets;
	$sim->hang_up;
	$sim->clear_log;
	is($session->query($ALL), 990, "$scheme: after the server hung up");
	is($session->stderr, '', "$scheme: no error");
	my @second = connections();
	is(scalar @second, 1, "$scheme: there is one new connection");
	isnt($second[0][0], $first[0][0], "$scheme: which is another one");
	is($second[0][1], 1, "$scheme: TLS goes on with the session of the first")
	  if $scheme eq 'https';
	is(scalar $session->sockets, $was, "$scheme: the first is closed here too");
	$session->quit;

	# Sessions are not passed on to other backends.
	next if $scheme ne 'https';
	my $other = HwBss::session($node);
	$sim->clear_log;
	$other->query("SET search_path = $scheme; $ALL");
	is_deeply([ map { $_->[1] } connections() ], [0],
		'another backend begins a TLS session of its own');
	$other->quit;
}

# ---- HTTP/2 ------------------------------------------------------------------

# It needs a library for Python, which Debian's own Python may have.
my ($python) = grep { system("$_ -c 'import h2' 2>/dev/null") == 0 }
  'python3', '/usr/bin/python3';

SKIP:
{
	skip 'HTTP/2: install python3-h2', 1 if !$python;

	my $body = PostgreSQL::Test::Utils::tempdir() . '/body';
	append_to_file($body, '{}');
	my $pid = open3(my $in, my $out, '>&STDERR', $python,
		"$ENV{TESTDIR}/test/sim/h2_server.py", $sim->certificate,
		$sim->certificate =~ s/cert\.pem$/key.pem/r, $body, $sim->port);
	BAIL_OUT('no HTTP/2 server')
	  unless (readline($out) // '') =~ /^port (\d+)$/;
	my $port = $1;
	$out->blocking(0);

	# The numbers of the connections that requests came over.
	my $taken = sub {
		return map { /^sim (\d+)$/ ? $1 : BAIL_OUT("HTTP/2: $_") } readline $out;
	};

	$sim->connect_node($node, schema => 'h2', server => 'h2',
		endpoint => "https://localhost:$port/sim/case/auth=none;quotas=990",
		options => { prefetch => 4, page_size => 50,
			projects => "$HwBss::PROJECT,$TWO", project_id => undef,
			ca_file => $sim->certificate });
	my $session = HwBss::session($node);
	$session->query('SET search_path = h2');
	for my $query ($ALL, $STRANDS)
	{
		is($session->query($query), 1980, 'HTTP/2: two projects of 20 pages');
		is($session->stderr, '', 'HTTP/2: no error');
		my @numbers = $taken->();
		cmp_ok(scalar @numbers, '>=', 40, 'HTTP/2: are as many requests');
		is(scalar(grep { $_ != 1 } @numbers), 0,
			'HTTP/2: over the one connection');
	}
	$session->quit;
	close $in;
	waitpid $pid, 0;
}

$node->stop;
$sim->stop;
done_testing();
