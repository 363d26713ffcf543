doctor-intro = Looks at this machine and at the ways to it, and places a real call through the relay by each way. It takes some seconds.
doctor-run = Check this server
doctor-runs = Checking. This takes some seconds.
doctor-summary = { $faults ->
    [0] No fault was found.
    [one] One fault was found.
   *[other] { $faults } faults were found.
}
doctor-level-good = Good
doctor-level-warning = Warning
doctor-level-fault = Fault
doctor-todo = What to do: { $text }
doctor-check-origin = Address of the pages
doctor-check-certificate = Certificate
doctor-check-clock = Clock
doctor-check-limits = Limits
doctor-check-disk = Disk
doctor-check-relay = Relay
doctor-check-relay-ports = Relay ports
doctor-check-address = Address
doctor-check-ask = Address that others see
doctor-check-port = Port
doctor-check-trust = Trust
doctor-why-does-not-answer = does not answer
doctor-why-is-closed = is closed
doctor-why-answers-something-that-is-not-STUN = answers something that is not STUN
doctor-why-cannot-be-reached = cannot be reached
doctor-why-nothing-came-back = nothing came back
doctor-why-connect = connection
doctor-why-allocate = relay address
doctor-why-permission = permission
doctor-why-channel = channel
doctor-why-media = sound
doctor-origin-good = Pages are reached over https.
doctor-origin-local = Pages are reached by localhost only: other machines have no microphone without https.
doctor-origin-local-todo = For other people set tls.cert, tls.key and origin = https://NAME.
doctor-origin-plain = Browsers give no microphone to pages without https, and origin is { $one }.
doctor-origin-plain-todo = Set tls.cert and tls.key, or a proxy with https before the server; then origin = https://NAME.
doctor-certificate-good = It names { $one } and holds for { $two } days.
doctor-certificate-ended = It ended { $one } days ago.
doctor-certificate-ended-todo = Renew it, then `systemctl reload visavis` (SIGHUP).
doctor-certificate-ends = It ends in { $one } days.
doctor-certificate-ends-todo = Renew it, then `systemctl reload visavis` (SIGHUP).
doctor-certificate-name = It does not name { $one }, by which browsers come.
doctor-certificate-name-todo = Have one made for that name, or set origin and turn.host to a name it has.
doctor-certificate-key = tls.key { $one } cannot be read.
doctor-certificate-key-todo = Let the user of the server read it.
doctor-certificate-unreadable = tls.cert { $one } cannot be read.
doctor-certificate-unreadable-todo = Give the file of a certificate chain (PEM) that the user of the server may read.
doctor-certificate-none = tls.cert { $one } is no certificate.
doctor-certificate-none-todo = Give the file of a certificate chain (PEM) that the user of the server may read.
doctor-clock-good = It is kept right.
doctor-clock-loose = Nothing keeps the clock of this machine right.
doctor-clock-loose-todo = Install a time service, such as the package systemd-timesyncd.
doctor-limits-good = { $one } descriptors are allowed.
doctor-limits-descriptors = { $one } descriptors are allowed, the options want up to { $two }.
doctor-limits-descriptors-todo = Raise it (LimitNOFILE= of the unit, `ulimit -n`), or lower http.connections_max and turn.connections_max.
doctor-limits-buffers = The kernel keeps { $one } bytes of packets that wait, turn.buffer_bytes wants { $two }.
doctor-limits-buffers-todo = For many relayed calls: sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304.
doctor-disk-good = { $one } MiB are free at { $two }.
doctor-disk-little = { $one } MiB are free at { $two }.
doctor-disk-little-todo = Make room: a full disk refuses messages.
doctor-disk-full = { $one } MiB are free at { $two }.
doctor-disk-full-todo = Make room: a full disk refuses messages.
doctor-disk-read-only = The folder { $one } cannot be written.
doctor-disk-read-only-todo = Make it, or let the user of the server write it, or set data.
doctor-relay-off = The built-in server is switched off.
doctor-relay-off-todo = Set turn.on = 1, or an own TURN server on the administration page.
doctor-relay-ports-shared = The relay ports { $one } to { $two } are also given to other programs by the kernel ({ $three } to { $four }).
doctor-relay-ports-shared-todo = sysctl -w net.ipv4.ip_local_reserved_ports=MIN-MAX with the relay ports, or set turn.relay_port_min above the kernel's; else now and then a relay finds its port taken.
doctor-relay-ports-good = The relay ports { $one } to { $two } are given to nobody else.
doctor-address-none = The name { $one } has no address.
doctor-address-none-todo = Enter it into the DNS, or set turn.host or origin to the right name.
doctor-address-local = { $one } is this machine only.
doctor-address-local-todo = For other people set listen.address and origin.
doctor-address-good = Browsers reach { $one } at { $two }.
doctor-address-private = Relays are told as { $one }, which is reached from this network only.
doctor-address-private-todo = If people call from outside: set turn.public_address, or turn.detect to a STUN server that is asked for it (`visavis doctor --ask SERVER` tries one), and let the relay ports through.
doctor-address-relay = Relays are told as { $one }.
doctor-ask-name = { $one } is no host:port that has an address.
doctor-ask-name-todo = Name a STUN server that you trust.
doctor-ask-silent = The STUN server { $one } { $two }.
doctor-ask-silent-todo = Name another one, or let UDP out.
doctor-ask-same = Others see this machine as { $one }, and relays are told so.
doctor-ask-other = Others see this machine as { $one }, relays are told as { $two }.
doctor-ask-other-todo = Set turn.public_address to what others see, or turn.detect to the server that you asked.
doctor-port-unknown = Listen.port is 0: it is not known here.
doctor-port-unknown-todo = Set listen.port, or ask on the administration page.
doctor-port-good = { $one } port { $two } answers by { $three }.
doctor-port-closed = { $one } port { $two } { $four } by { $three }.
doctor-port-closed-todo = Start the server, and let this port through in firewalls and port forwarding.
doctor-trust-good = This machine trusts the certificate.
doctor-trust-none = This machine does not trust it: { $one }.
doctor-trust-none-todo = Give the whole chain in tls.cert; with an authority of your own every browser must know it.
doctor-call-good = A call by { $one }: { $two } of { $three } packets of sound there and back, { $four } ms.
doctor-call-loss = A call by { $one }: { $two } of { $three } packets of sound there and back, { $four } ms.
doctor-call-loss-todo = Packets are lost: look at the network and the load.
doctor-call-secret = A call by { $one } was refused at { $two } with { $three }.
doctor-call-secret-todo = Use the data folder of the running server (--data), and set the clock.
doctor-call-refused = A call by { $one } was refused at { $two } with { $three }.
doctor-call-refused-todo = See the counters turn_* and the limits turn.*.
doctor-call-ended = A call by { $one } ended at { $two }: { $three }.
doctor-call-ended-todo = Let the relay ports through; see the log of the server.
doctor-secret-none = No secret of a server is in the folder { $one }.
doctor-secret-none-todo = Run it as the user of the server with its configuration (--config, --data).
