# TLS: who is believed, and which versions are spoken.  Nothing turns it off.

use strict;
use warnings;

use HwBss;
use IPC::Open3 qw(open3);
use PostgreSQL::Test::Utils;
use Test::More;

my $tmp = PostgreSQL::Test::Utils::tempdir();
my $node = HwBss::node('tls');
my $session = HwBss::session($node);
my $n = 0;

$session->query('CREATE EXTENSION hwbss_fdw');

# ---- certificates -----------------------------------------------------------

sub run_openssl
{
	my ($arguments) = @_;
	system("cd '$tmp' && openssl $arguments 2>openssl.log") == 0
	  or BAIL_OUT("openssl $arguments: " . slurp_file("$tmp/openssl.log"));
	return;
}

append_to_file("$tmp/ca.cnf", <<"EOT");
[ca]
default_ca = c
[c]
database = $tmp/index.txt
new_certs_dir = $tmp
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost, IP:127.0.0.1
[elsewhere]
subjectAltName = DNS:elsewhere.example.com
EOT
append_to_file("$tmp/index.txt", '');

# By an authority of our own; a name of it, days of validity, extensions.
sub make_certificate
{
	my ($name, $from, $to, $extensions) = @_;

	run_openssl("req -new -newkey rsa:2048 -nodes -subj /CN=localhost"
		  . " -keyout $name.key -out $name.csr -batch");
	run_openssl("ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key"
		  . " -notext -extensions $extensions -startdate $from -enddate $to"
		  . " -in $name.csr -out $name.pem");
	return;
}

run_openssl('req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority'
	  . ' -keyout ca.key -out ca.pem -batch');
my ($past, $since, $until) = map {
	my @t = gmtime(time + $_ * 86400);
	sprintf '%04d%02d%02d000000Z', $t[5] + 1900, $t[4] + 1, $t[3]
} -20, -10, 10;
make_certificate(good => $since, $until, 'names');
make_certificate(old => $past, $since, 'names');
make_certificate(other => $since, $until, 'elsewhere');
run_openssl('req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost'
	  . ' -addext subjectAltName=DNS:localhost -keyout self.key -out self.pem -batch');

# ---- servers ----------------------------------------------------------------

# A server with a certificate, and a way to hear what it says.
sub start_server
{
	my ($certificate, $version) = @_;
	my $self = {};

	$self->{pid} = open3($self->{in}, $self->{out}, '>&STDERR', 'python3',
		"$ENV{TESTDIR}/test/sim/tls_server.py", "$tmp/$certificate.pem",
		"$tmp/$certificate.key", $version);
	my $line = readline $self->{out};
	BAIL_OUT('no TLS server') unless defined $line && $line =~ /^port (\d+)$/;
	$self->{port} = $1;
	return $self;
}

# What came of the last connection.
sub heard
{
	my ($server) = @_;
	chomp(my $line = readline $server->{out});
	return $line;
}

sub stop_server
{
	my ($server) = @_;
	close $server->{in};
	waitpid $server->{pid}, 0;
	return;
}

sub read_from
{
	my ($server, %option) = @_;
	my $schema = 't' . ++$n;

	$session->query("CREATE SCHEMA $schema; CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw "
		  . HwBss::options(endpoint => "https://localhost:$server->{port}",
			retry_budget => '0', %option)
		  . "; CREATE USER MAPPING FOR CURRENT_USER SERVER $schema "
		  . HwBss::options(access_key => 'A', secret_key => 'B')
		  . "; IMPORT FOREIGN SCHEMA bss FROM SERVER $schema INTO $schema");
	BAIL_OUT($session->stderr) if $session->stderr;
	return $session->query("SELECT count(*) FROM $schema.bss_package_usages");
}

sub refused
{
	my ($what, $server, $detail) = @_;
	my $error = $session->error || { state => 'none' };
	my $heard = heard($server);

	is($error->{state}, 'HV00N', "$what: refused");
	like($error->{detail}, $detail, "$what: detail");
	like($error->{hint}, qr/^If the endpoint has a certificate of your own authority, set option "ca_file" of server "t\d+"\.$/,
		"$what: hint");
	like($heard, qr/^failed|nothing$/, "$what: no request was sent ($heard)");
	return;
}

my %trust = (ca_file => "$tmp/ca.pem");

# ---- who is believed --------------------------------------------------------

my $server = start_server('good', 'TLSv1_2');
is(read_from($server, %trust), 0, 'a certificate of the authority in ca_file');
like(heard($server), qr/^TLSv1\.2 POST /, 'a request over TLS 1.2');
read_from($server);
refused('an authority that nobody knows', $server,
	qr/gave no answer: .*(?:unable to get local issuer certificate|self-signed certificate)/);
stop_server($server);

$server = start_server('self', 'TLSv1_3');
read_from($server);
refused('a certificate signed by itself', $server, qr/self.signed certificate/);
read_from($server, %trust);
refused('a certificate signed by itself, another authority', $server,
	qr/self.signed certificate/);
is(read_from($server, ca_file => "$tmp/self.pem"), 0, 'if it is trusted itself');
like(heard($server), qr/^TLSv1\.3 POST /, 'a request over TLS 1.3');
read_from($server, ca_file => "$tmp/self.pem",
	endpoint => "https://127.0.0.1:$server->{port}");
refused('by an address it does not name', $server, qr/127\.0\.0\.1/);
stop_server($server);

for my $case ([ old => qr/certificate has expired/ ],
	[ other => qr/localhost/ ])
{
	my ($certificate, $detail) = @$case;
	$server = start_server($certificate, 'TLSv1_2');
	read_from($server, %trust);
	refused("certificate \"$certificate\"", $server, $detail);
	stop_server($server);
}

# A refused handshake is not tried again, whatever the budget.
$server = start_server('good', 'TLSv1_2');
read_from($server, retry_budget => '1h');
refused('with a budget', $server, qr/issuer|self-signed/);
is($session->query('SELECT sum(requests) FROM hwbss_fdw_stats() s WHERE server_name = '
	  . "'t$n'"), 1, 'with a budget: one attempt');
stop_server($server);

# ---- which versions ---------------------------------------------------------

$server = start_server('good', 'TLSv1_1');
SKIP:
{
	# Only if somebody else could speak to it is a refusal ours.
	my $said = `openssl s_client -connect 127.0.0.1:$server->{port} -tls1_1 -cipher 'ALL:\@SECLEVEL=0' </dev/null 2>&1`;
	my $heard = heard($server);
	skip "OpenSSL does not speak TLS 1.1 any more: $heard", 4
	  unless $heard =~ /^TLSv1\.1/;

	read_from($server, %trust);
	refused('TLS 1.1', $server, qr/version/i);
}
stop_server($server);

# ---- nothing turns it off ---------------------------------------------------

for my $name (qw(verify insecure ssl_verify sslmode tls_version))
{
	$session->query("CREATE SERVER off FOREIGN DATA WRAPPER hwbss_fdw OPTIONS ($name 'false')");
	is($session->state, 'HV00D', "no option \"$name\"");
}
$server = start_server('self', 'TLSv1_3');
read_from($server, allow_insecure => 'true');
refused('allow_insecure', $server, qr/self.signed certificate/);
stop_server($server);

$session->quit;
$node->stop;
done_testing();
