"""Logs of other programs, as users post them. Those of lftp, curl and vsftpd were written by the programs."""

from __future__ import annotations

FILEZILLA_WINDOW = """\
Status:\tResolving address of ftp.example.com
Status:\tConnecting to 203.0.113.7:21...
Status:\tConnection established, waiting for welcome message...
Response:\t220 ProFTPD Server (Debian) [::ffff:10.0.0.5]
Command:\tAUTH TLS
Response:\t500 AUTH not understood
Status:\tInsecure server, it does not support FTP over TLS.
Command:\tUSER demo
Response:\t331 Password required for demo
Command:\tPASS ********
Response:\t230 User demo logged in
Status:\tLogged in
Status:\tRetrieving directory listing...
Command:\tPWD
Response:\t257 "/" is the current directory
Command:\tTYPE I
Response:\t200 Type set to I
Command:\tPASV
Response:\t227 Entering Passive Mode (10,0,0,5,195,203).
Status:\tServer sent passive reply with unroutable address. Using server address instead.
Command:\tMLSD
Error:\tConnection timed out after 20 seconds of inactivity
Error:\tFailed to retrieve directory listing
"""

FILEZILLA_FILE = """\
2026-03-02 10:00:00 4711 1 Status: Connecting to 203.0.113.7:21...
2026-03-02 10:00:00 4711 1 Status: Connection established, waiting for welcome message...
2026-03-02 10:00:01 4711 1 Response: 220-FileZilla Server 1.8.0
2026-03-02 10:00:01 4711 1 Response: 220 Please visit https://filezilla-project.org/
2026-03-02 10:00:01 4711 1 Command: AUTH TLS
2026-03-02 10:00:01 4711 1 Response: 234 Using authentication type TLS.
2026-03-02 10:00:01 4711 1 Status: Initializing TLS...
2026-03-02 10:00:02 4711 1 Status: TLS connection established.
2026-03-02 10:00:02 4711 1 Command: USER demo
2026-03-02 10:00:02 4711 1 Response: 331 Please, specify the password.
2026-03-02 10:00:02 4711 1 Command: PASS ****
2026-03-02 10:00:02 4711 1 Response: 230 Login successful.
2026-03-02 10:00:02 4711 2 Status: Connecting to 203.0.113.7:21...
2026-03-02 10:00:02 4711 1 Command: PASV
2026-03-02 10:00:02 4711 1 Response: 227 Entering Passive Mode (203,0,113,7,195,203)
2026-03-02 10:00:02 4711 1 Command: MLSD
2026-03-02 10:00:03 4711 1 Response: 150 Starting data transfer.
2026-03-02 10:00:03 4711 2 Status: Connection established, waiting for welcome message...
2026-03-02 10:00:03 4711 1 Response: 226 Operation successful
2026-03-02 10:00:04 4711 1 Status: Directory listing of "/" successful
2026-03-02 10:00:09 4711 1 Status: Disconnected from server
"""

FILEZILLA_GERMAN = """\
12:59:58\tStatus:\tVerbinde mit 203.0.113.7:21...
12:59:58\tStatus:\tVerbindung hergestellt, warte auf Willkommensnachricht...
12:59:59\tAntwort:\t220 (vsFTPd 3.0.5)
12:59:59\tBefehl:\tUSER demo
13:00:00\tAntwort:\t331 Please specify the password.
13:00:00\tBefehl:\tPASS ********
13:00:00\tAntwort:\t230 Login successful.
13:00:00\tBefehl:\tPORT 192,168,1,100,195,80
13:00:00\tAntwort:\t500 Illegal PORT command.
13:00:00\tBefehl:\tPASV
13:00:00\tAntwort:\t227 Entering Passive Mode (203,0,113,7,195,203).
13:00:00\tBefehl:\tLIST
13:00:01\tFehler:\tThe data connection could not be established: ECONNREFUSED - Connection refused by server
"""

LFTP = """\
---- Resolving host address...
---- 1 address found: 203.0.113.7
---- Connecting to ftp.example.com (203.0.113.7) port 21
<--- 220 (vsFTPd 3.0.3)
---> FEAT
<--- 211-Features:
<---  EPSV
<--- 211 End
---> USER ftptest
<--- 331 Please specify the password.
---> PASS geheim
<--- 230 Login successful.
---> PASV
<--- 227 Entering Passive Mode (203,0,113,7,94,126).
---- Connecting data socket to (203.0.113.7) port 24190
---- Data connection established
---> LIST
<--- 150 Here comes the directory listing.
---- Got EOF on data connection
---- Closing data socket
<--- 226 Directory send OK.
ls: some message of its own
---> PASV
<--- 227 Entering Passive Mode (203,0,113,7,94,106).
---- Connecting data socket to (203.0.113.7) port 24170
**** Data socket error (Connection refused) - reconnecting
---> QUIT
---- Closing control socket
---- Connecting to ftp.example.com (203.0.113.7) port 21
<--- 220 (vsFTPd 3.0.3)
"""

LFTP_ACTIVE = """\
2026-03-02 10:00:00.100 ftp.example.com ---- Connecting to ftp.example.com (203.0.113.7) port 21
2026-03-02 10:00:00.200 ftp.example.com <--- 220 (vsFTPd 3.0.3)
2026-03-02 10:00:00.300 ftp.example.com ---> PORT 192,168,1,100,143,207
2026-03-02 10:00:00.400 ftp.example.com <--- 200 PORT command successful. Consider using PASV.
2026-03-02 10:00:00.500 ftp.example.com ---> LIST
2026-03-02 10:01:00.500 ftp.example.com <--- 425 Failed to establish connection.
2026-03-02 10:01:00.600 ftp.example.com ---> QUIT
2026-03-02 10:01:00.700 ftp.example.com ---- Closing control socket
"""

CURL = """\
*   Trying 127.0.0.1:22584...
* Connected to 127.0.0.1 (127.0.0.1) port 22584 (#0)
< 220 (vsFTPd 3.0.3)
> USER ftptest
< 331 Please specify the password.
> PASS geheim
< 230 Login successful.
> PWD
< 257 "/home" is the current directory
* Entry path is '/home'
> EPSV
* Connect data stream passively
* ftp_perform ends with SECONDARY: 0
< 229 Entering Extended Passive Mode (|||24168|)
* Connecting to 127.0.0.1 (127.0.0.1) port 24168
*   Trying 127.0.0.1:24168...
* Connected to 127.0.0.1 (127.0.0.1) port 22584 (#0)
> TYPE I
< 200 Switching to Binary mode.
> SIZE a.txt
< 213 600
> RETR a.txt
< 150 Opening BINARY mode data connection for a.txt (600 bytes).
* Maxdownload = -1
* Getting file with size: 600
{ [500 bytes data]
{ [100 bytes data]
* Remembering we are in dir ""
< 226 Transfer complete.
* Connection #0 to host 127.0.0.1 left intact
"""

CURL_BLOCKED = """\
10:00:00.100000 *   Trying 203.0.113.7:21...
10:00:00.200000 * Connected to ftp.example.com (203.0.113.7) port 21
10:00:00.300000 < 220 Welcome
10:00:00.300100 > USER demo
10:00:00.400000 < 230 Fine
10:00:00.400100 > EPSV
10:00:00.500000 < 229 Entering Extended Passive Mode (|||50124|)
10:00:00.500100 * Connecting to 203.0.113.7 (203.0.113.7) port 50124
10:00:00.500200 *   Trying 203.0.113.7:50124...
10:00:10.500200 * connect to 203.0.113.7 port 50124 failed: Connection timed out
10:00:10.500300 * Failed EPSV attempt. Disabling EPSV
10:00:10.500400 > PASV
10:00:10.600000 < 227 Entering Passive Mode (203,0,113,7,195,203)
10:00:10.600100 * Connecting to 203.0.113.7 (203.0.113.7) port 50123
10:00:20.600200 * connect to 203.0.113.7 port 50123 failed: Connection timed out
10:00:20.600300 * Closing connection
"""

WINSCP = """\
. 2026-03-02 10:00:00.000 --------------------------------------------------------------------------
. 2026-03-02 10:00:00.001 WinSCP Version 6.3.3 (Build 14992 2024-05-14) (OS 10.0.22631 – Windows 11)
. 2026-03-02 10:00:00.010 Host name: ftp.example.com (Port: 21)
. 2026-03-02 10:00:00.020 FTPS: None [Client certificate: No]
. 2026-03-02 10:00:00.100 Connecting to 203.0.113.7:21 ...
. 2026-03-02 10:00:00.150 Connected with 203.0.113.7:21. Waiting for welcome message...
< 2026-03-02 10:00:00.200 220 Microsoft FTP Service
> 2026-03-02 10:00:00.210 USER demo
< 2026-03-02 10:00:00.240 331 Password required
> 2026-03-02 10:00:00.250 PASS ********
< 2026-03-02 10:00:00.300 230 User logged in.
. 2026-03-02 10:00:00.310 Connected
> 2026-03-02 10:00:00.320 PORT 192,168,1,100,195,80
< 2026-03-02 10:00:00.350 200 PORT command successful.
> 2026-03-02 10:00:00.360 LIST -a
< 2026-03-02 10:00:00.400 150 Opening ASCII mode data connection.
. 2026-03-02 10:00:15.400 Timeout detected. (data connection)
. 2026-03-02 10:00:15.401 Could not retrieve directory listing
* 2026-03-02 10:00:15.410 (EFatal) **Lost connection.**
"""

VSFTPD = """\
Mon Mar  2 10:00:00 2026 [pid 14306] CONNECT: Client "::ffff:198.51.100.9"
Mon Mar  2 10:00:00 2026 [pid 14306] FTP response: Client "::ffff:198.51.100.9", "220 (vsFTPd 3.0.3)"
Mon Mar  2 10:00:00 2026 [pid 14306] FTP command: Client "::ffff:198.51.100.9", "FEAT"
Mon Mar  2 10:00:00 2026 [pid 14306] FTP response: Client "::ffff:198.51.100.9", "211-Features:"
Mon Mar  2 10:00:00 2026 [pid 14306] FTP response: Client "::ffff:198.51.100.9", " EPRT??"
Mon Mar  2 10:00:00 2026 [pid 14306] FTP response: Client "::ffff:198.51.100.9", "211 End"
Mon Mar  2 10:00:01 2026 [pid 14306] FTP command: Client "::ffff:198.51.100.9", "USER ftptest"
Mon Mar  2 10:00:01 2026 [pid 14306] [ftptest] FTP response: Client "::ffff:198.51.100.9", "331 Please specify the password."
Mon Mar  2 10:00:01 2026 [pid 14306] [ftptest] FTP command: Client "::ffff:198.51.100.9", "PASS <password>"
Mon Mar  2 10:00:01 2026 [pid 14305] [ftptest] OK LOGIN: Client "::ffff:198.51.100.9"
Mon Mar  2 10:00:01 2026 [pid 14307] [ftptest] FTP response: Client "::ffff:198.51.100.9", "230 Login successful."
Mon Mar  2 10:00:01 2026 [pid 14307] [ftptest] FTP command: Client "::ffff:198.51.100.9", "PORT 192,168,1,100,195,80"
Mon Mar  2 10:00:01 2026 [pid 14307] [ftptest] FTP response: Client "::ffff:198.51.100.9", "500 Illegal PORT command."
Mon Mar  2 10:00:02 2026 [pid 14307] [ftptest] FTP command: Client "::ffff:198.51.100.9", "PASV"
Mon Mar  2 10:00:02 2026 [pid 14307] [ftptest] FTP response: Client "::ffff:198.51.100.9", "227 Entering Passive Mode (203,0,113,7,94,29)."
Mon Mar  2 10:00:02 2026 [pid 14307] [ftptest] FTP command: Client "::ffff:198.51.100.9", "RETR a.txt"
Mon Mar  2 10:00:02 2026 [pid 14307] [ftptest] FTP response: Client "::ffff:198.51.100.9", "150 Opening BINARY mode data connection for a.txt (600 bytes)."
Mon Mar  2 10:00:03 2026 [pid 14307] [ftptest] OK DOWNLOAD: Client "::ffff:198.51.100.9", "/home/a.txt", 600 bytes, 4245.92Kbyte/sec
Mon Mar  2 10:00:03 2026 [pid 14307] [ftptest] FTP response: Client "::ffff:198.51.100.9", "226 Transfer complete."
Mon Mar  2 10:00:03 2026 [pid 14307] [ftptest] FTP command: Client "::ffff:198.51.100.9", "????ABOR"
"""  # noqa: E501

ALL = {
    "FileZilla": (FILEZILLA_WINDOW, FILEZILLA_FILE, FILEZILLA_GERMAN),
    "lftp": (LFTP, LFTP_ACTIVE),
    "curl": (CURL, CURL_BLOCKED),
    "WinSCP": (WINSCP,),
    "vsftpd": (VSFTPD,),
}
"""By who writes them."""
