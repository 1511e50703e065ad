# An endpoint for webhooks: says where it is, then what it is told.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1:0', Listen => 10) or die $!;
print 'http://127.0.0.1:', $server->sockport, "/\n";
while (my $client = $server->accept) {
    my ($length, $body) = (0, '');
    while (defined(my $line = <$client>)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        last if $line =~ /^\r?$/;
    }
    read $client, $body, $length;
    my $status = @ARGV > 1 ? shift : $ARGV[0];
    print "$status ", join(' ', $body =~ /"type":\s*"([^"]+)"/g), "\n";
    print $client "HTTP/1.1 $status Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    close $client;
}
