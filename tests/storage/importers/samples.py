"""Files as the other programs write them."""

from __future__ import annotations

FILEZILLA = """<?xml version="1.0" encoding="UTF-8"?>
<FileZilla3 version="3.66.5" platform="*nix">
	<Servers>
		<Folder expanded="1">Work
			<Folder expanded="0">Clients / old
				<Server>
					<Host>ftp.example.com</Host>
					<Port>2121</Port>
					<Protocol>4</Protocol>
					<Type>0</Type>
					<User>bob</User>
					<Pass encoding="base64">cMOkc3N3w7ZyZA==</Pass>
					<Logontype>1</Logontype>
					<TimezoneOffset>-120</TimezoneOffset>
					<PasvMode>MODE_ACTIVE</PasvMode>
					<MaximumMultipleConnections>2</MaximumMultipleConnections>
					<EncodingType>Custom</EncodingType>
					<CustomEncoding>Shift_JIS</CustomEncoding>
					<BypassProxy>1</BypassProxy>
					<Name>Büro &amp; Co</Name>
					<Comments>call first&#xA;then write</Comments>
					<Colour>2</Colour>
					<LocalDir>/home/me/my pub</LocalDir>
					<RemoteDir>1 0 4 home 7 bob &amp; c</RemoteDir>
					<SyncBrowsing>1</SyncBrowsing>
					<DirectoryComparison>0</DirectoryComparison>
					<Bookmark><Name>b</Name><LocalDir/><RemoteDir>1 0 3 pub</RemoteDir></Bookmark>
				</Server>
			</Folder>
		</Folder>
		<Server>
			<Host>192.0.2.7</Host>
			<Port>990</Port>
			<Protocol>3</Protocol>
			<Logontype>0</Logontype>
			<PasvMode>MODE_PASSIVE</PasvMode>
			<EncodingType>UTF-8</EncodingType>
			<Name>anonymous one</Name>
		</Server>
		<Server>
			<Host>2001:db8::1</Host>
			<Port>21</Port>
			<Protocol>6</Protocol>
			<User>eve</User>
			<Pass encoding="crypt" pubkey="abc">c2VjcmV0</Pass>
			<Logontype>1</Logontype>
			<PasvMode>MODE_DEFAULT</PasvMode>
			<EncodingType>Auto</EncodingType>
			<Name>protected</Name>
			<LocalDir>C:\\Users\\eve</LocalDir>
		</Server>
		<Server><Host>old.example.com</Host><Protocol>0</Protocol><User>u</User><Pass>as it is</Pass>
			<Logontype>4</Logontype><Account>acc</Account><Name>old</Name></Server>
		<Server><Host>s.example.com</Host><Port>22</Port><Protocol>1</Protocol><Name>by ssh</Name></Server>
		<Server><Host>s3</Host><Port>443</Port><Protocol>7</Protocol><Name>bucket</Name></Server>
		<Server><Host>no such/host</Host><Port>21</Port><Protocol>0</Protocol><Name>broken</Name></Server>
	</Servers>
</FileZilla3>
""".encode()

LFTP = (
    b"sec\tftps://alice@h.example/\n"
    b"srv\tftp://bob:p%40s%20s@127.0.0.1:2121//pub/%E6%97%A5\n"
    b"ss\tsftp://x@y\n"
    b"v6\tftp://[::1]:99/rel/dir\n"
    b"odd\tnot a url\n"
)
"""Written by lftp 4.9."""

NETRC = b"""machine ftp.example.com login bob password "s e c"
machine ftp.example.com login eve password x
machine other.example.com login anonymous password me@
default login anonymous password y
"""

WINSCP = (
    """\ufeff[Configuration\\Security]\r
UseMasterPassword=0\r
[Sessions\\Default%20Settings]\r
FSProtocol=5\r
[Sessions\\%EF%BB%BFWork/My%20Cl%C3%BC]\r
HostName=ftp.example.com\r
PortNumber=21\r
UserName=bob\r
Password=PASSWORD\r
FSProtocol=5\r
Ftps=3\r
FtpPasvMode=0\r
LocalDirectory=C:%5CUsers%5Cbob\r
RemoteDirectory=/pub/100%25\r
SynchronizeBrowsing=1\r
Note=one%0D%0Atwo\r
MinTlsVersion=13\r
TimeDifference=0.0416666666666667\r
[Sessions\\implicit]\r
HostName=192.0.2.1\r
PortNumber=990\r
FSProtocol=5\r
Ftps=1\r
UserName=anonymous\r
[Sessions\\plain]\r
HostName=plain\r
PortNumber=2121\r
FSProtocol=5\r
UserName=u\r
Password=A35DAAAA\r
[Sessions\\ssh]\r
HostName=s\r
UserName=u\r
[Sessions\\dav]\r
HostName=s\r
FSProtocol=6\r
"""
).encode()


def hidden(user: str, host: str, password: str, *, filling: int = 3) -> str:
    """A password as WinSCP writes it without a master password."""
    plain = f"{user}{host}{password}".encode()
    size = [0x00, len(plain)] if len(plain) < 256 else [0x02, len(plain) >> 8, len(plain) & 0xFF]
    data = [0xFF, *size, filling, *([0x41] * filling), *plain, 0x7A]
    return "".join(f"{~byte & 0xFF ^ 0xA3:02X}" for byte in data)


def winscp(password: str = "pä ss") -> bytes:
    """The sample with a hidden password in it."""
    return WINSCP.replace(b"PASSWORD", hidden("bob", "ftp.example.com", password).encode())
