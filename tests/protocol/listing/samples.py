"""Listings in every dialect, and what they mean; each dialect of the table has at least one."""

from __future__ import annotations

from collections.abc import Mapping

from tests.protocol.listing.sample import DIR, FILE, LINK, OTHER, Sample, entry, utc
from tests.protocol.listing.samples_ibm import IBM
from tests.protocol.listing.samples_rare import RARE

SAMPLES: Mapping[str, list[Sample]] = {
    "Unix": [
        (
            "total 12\n"
            "drwxr-xr-x    2 demo     users        4096 Jun 23 09:42 docs\n"
            "-rw-r--r--    1 demo     users         812 Nov  5  2018 read me.txt\n"
            "lrwxrwxrwx    1 demo     users           4 Nov  5  2018 now -> docs",
            [
                entry("docs", DIR, 4096, "2026-06-23T09:42", "rwxr-xr-x", "demo", "users"),
                entry("read me.txt", FILE, 812, "2018-11-05", "rw-r--r--", "demo", "users"),
                entry("now", LINK, 4, "2018-11-05", "rwxrwxrwx", "demo", "users", "docs"),
            ],
        ),
        (  # NetPresenz and Peter's server for the classic Macintosh: forks, and "folder"
            "-------r--         326  1391972  1392298 Nov 22  1995 Install.sit\n"
            "drwxrwxr-x               folder        2 May 10  1996 Network",
            [
                entry("Install.sit", FILE, 1392298, "1995-11-22", "------r--"),
                entry("Network", DIR, 2, "1996-05-10", "rwxrwxr-x"),
            ],
        ),
        (  # WFTPD for DOS; the drives of a game console
            "-rwxrwxrwx   1 noone    nogroup      322 Aug 19  1996 message.ftp\n"
            "drwxrwxrwx   1 root     root           0 Jan 01  2005 Hdd1:",
            [
                entry("message.ftp", FILE, 322, "1996-08-19", "rwxrwxrwx", "noone", "nogroup"),
                entry("Hdd1:", DIR, 0, "2005-01-01", "rwxrwxrwx", "root", "root"),
            ],
        ),
        (  # BusyBox with full times; a camera that says 24:00; a year of two digits
            "-rw-r--r--    1 root     root            77 Thu Jan  1 00:00:07 1970 boot.cfg\n"
            "-rw-------    1 99       0                3 Apr  4 24:00 DSC_0001.JPG\n"
            "-r-xr-xr-x    2 owner    group         4512 01-jun-99 old.bin",
            [
                entry("boot.cfg", FILE, 77, "1970-01-01T00:00:07", "rw-r--r--", "root", "root"),
                entry("DSC_0001.JPG", FILE, 3, "2026-04-05T00:00", "rw-------", "99", "0"),
                entry("old.bin", FILE, 4512, "1999-06-01", "r-xr-xr-x", "owner", "group"),
            ],
        ),
    ],
    "DOS": [
        (
            "06-25-26  03:09PM       <DIR>          docs\n06-25-26  12:09AM                  812 SHA256SUMS",
            [
                entry("docs", DIR, None, "2026-06-25T15:09"),
                entry("SHA256SUMS", FILE, 812, "2026-06-25T00:09"),
            ],
        ),
        (  # Windows CE, and a shell in another country
            "2025-09-02  19:06                9,730 log.txt\n02/13/25  11:32PM       <DIR> prog",
            [entry("log.txt", FILE, 9730, "2025-09-02T19:06"), entry("prog", DIR, None, "2025-02-13T23:32")],
        ),
    ],
    "MLSD": [
        (
            "type=dir;modify=20260623094200; docs\ntype=file;size=812;modify=20260623094200; read me",
            [
                entry("docs", DIR, None, utc(2026, 6, 23, 9, 42)),
                entry("read me", FILE, 812, utc(2026, 6, 23, 9, 42)),
            ],
        )
    ],
    "EPLF": [
        (
            "+i8388621.29609,m824255902,/,\tdev\n"
            "+i8388621.44468,m839956783,r,s10376,up644,\tRFC eplf\n"
            "+,\tneither",
            [
                entry("dev", DIR, None, utc(1996, 2, 13, 23, 58, 22)),
                entry("RFC eplf", FILE, 10376, utc(1996, 8, 13, 17, 19, 43), "rw-r--r--"),
                entry("neither", OTHER),
            ],
        )
    ],
    "VMS": [
        (  # UCX: blocks used, owner, protection; the frame is left out
            "Directory DISK$PUBLIC:[ANONYMOUS]\n\n"
            "GUNZIP.EXE;51             221  29-JUL-1998 19:03 [ANONYMOUS] (RWED,RE,RE,RE)\n"
            "GUNZIP.EXE;50             220   1-JUL-1998 09:03 [STAFF,ANNA] (RWED,RWED,RE,)\n"
            "HTMLENV.DIR;1               1   8-JUN-1997 01:18:44.07 [SYSTEM] (RWE,RWE,RE,E)\n\n"
            "Total of 442 blocks in 3 files.",
            [
                entry("GUNZIP.EXE;51", FILE, None, "1998-07-29T19:03", "r-xr-xr-x", "ANONYMOUS"),
                entry("GUNZIP.EXE;50", FILE, None, "1998-07-01T09:03", "rwxr-x---", "ANNA", "STAFF"),
                entry("HTMLENV.DIR;1"[:-6], DIR, None, "1997-06-08T01:18:44", "rwxr-x--x", "SYSTEM"),
            ],
        ),
        (  # MultiNet: used/allocated, long names alone on a line, and a file that may not be seen
            "DKA0:[USERS.ANNA]\n"
            "A_RATHER_LONG_NAME_OF_A_LOG.LOG;29\n"
            "                        0/18       8-JUN-2024 14:42:04  [NUCLEAR,FISSION]  (RWED,RWED,RE,)\n"
            "SHORT.TXT;1             5/18       8-JUN-2024 13:05  [NUCLEAR,FISSION]  (RWED,RWED,RE,)\n"
            "ANOTHER_RATHER_LONG_NAME.DIR;1\n"
            "1/18       8-JUN-2024 13:05:11\n"
            "SECRET.DAT;1            %RMS-E-PRV, insufficient privilege or file protection violation\n"
            "Total of 4 files, 6/72 blocks\n"
            "Grand total of 1 directory, 4 files, 6/72 blocks.",
            [
                entry(
                    "A_RATHER_LONG_NAME_OF_A_LOG.LOG;29",
                    FILE,
                    None,
                    "2024-06-08T14:42:04",
                    "rwxr-x---",
                    "FISSION",
                    "NUCLEAR",
                ),
                entry("SHORT.TXT;1", FILE, None, "2024-06-08T13:05", "rwxr-x---", "FISSION", "NUCLEAR"),
                entry("ANOTHER_RATHER_LONG_NAME", DIR, None, "2024-06-08T13:05:11"),
                entry("SECRET.DAT;1"),
            ],
        ),
        (  # other orders, no time, sizes in kB, a month in French
            "ALTERNATE.FIL;1   [SUMMARY]    1/3     2-AUG-2006 13:05  (RWE,RWE,RE,)\n"
            "REVERSED.FIL;1       17-JUN-1994 17:25:37     6308/13     (S:RWED,O:RWED,G:R,W)\n"
            "NOTIME.FIL;1    2/8    7-JAN-2000    [IV2_XXX]   (RWED,RWED,RE,)\n"
            "SIZED.FIL;1 2KB 23-SEP-2005 14:57:07.27\n"
            "FRANCAIS.FIL;1    6/8    15-JUI-2002    PRONAS   (RWED,RWED,RE,)",
            [
                entry("ALTERNATE.FIL;1", FILE, None, "2006-08-02T13:05", "rwxr-x---", "SUMMARY"),
                entry("REVERSED.FIL;1", FILE, None, "1994-06-17T17:25:37", "rwxr-----"),
                entry("NOTIME.FIL;1", FILE, None, "2000-01-07", "rwxr-x---", "IV2_XXX"),
                entry("SIZED.FIL;1", FILE, None, "2005-09-23T14:57:07"),
                entry("FRANCAIS.FIL;1", FILE, None, "2002-07-15", "rwxr-x---", "PRONAS"),
            ],
        ),
    ],
    "NetWare": [
        (
            "total 0\n"
            "d [RWCEAFMS] anna                        512 Dec 18  2008 ./Public files\n"
            "- [R----F--] guest                    214059 Oct 20 15:27 cx.exe\n"
            "d [-----FM-] TITAN5_SYS                  512 Jul 03  2009 /SYS\n"
            "d[RWCEMFA] supervisor            512       Jan 16 18:53    login",
            [
                entry("Public files", DIR, 512, "2008-12-18", owner="anna"),
                entry("cx.exe", FILE, 214059, "2026-10-20T15:27", owner="guest"),
                entry("SYS", DIR, 512, "2009-07-03", owner="TITAN5_SYS"),
                entry("login", DIR, 512, "2026-01-16T18:53", owner="supervisor"),
            ],
        )
    ],
    "NonStop": [
        (
            "File         Code             EOF  Last Modification    Owner  RWEP\n"
            'EMPLOYE         0            53248 23-Jan-26 19:02:49 110, 99 "nnnn"\n'
            'TACLCSTM   O  101              101  4-Mar-01 23:50:06 255,255 "o-oo"',
            [
                entry("EMPLOYE", FILE, 53248, "2026-01-23T19:02:49", owner="99", group="110"),
                entry("TACLCSTM", FILE, 101, "2001-03-04T23:50:06", owner="255", group="255"),
            ],
        )
    ],
    "VxWorks": [
        (
            "  size          date       time       name\n"
            "--------       ------     ------    --------\n"
            "     512    Jan-01-1980  00:00:00   CONFIG            <DIR>\n"
            "    2048    Feb-28-1998  05:23:30   my image.bin",
            [
                entry("CONFIG", DIR, None, "1980-01-01T00:00:00"),
                entry("my image.bin", FILE, 2048, "1998-02-28T05:23:30"),
            ],
        )
    ],
    "Connect:Enterprise": [
        (
            "-C--E-----FTP A ANNA1       18128       41 Aug 12 13:56 QUARTER\n"
            "-ARTE-----TCP B anna         7872  3010007 Apr 07 2014 two words.zip",
            [
                entry("QUARTER", FILE, 41, "2026-08-12T13:56", owner="ANNA1"),
                entry("two words.zip", FILE, 3010007, "2014-04-07", owner="anna"),
            ],
        ),
        (
            "solution 00003444 00910368 <c3957010.zip.001>     030924-1636  A R       TCP BIN",
            [entry("c3957010.zip.001", FILE, None, "2003-09-24T16:36", owner="solution")],
        ),
    ],
    "Nortel": [
        (
            "config            1014196  06/03/04  Thur.   10:20:03\n"
            "bn.exe             550000  12/24/03  Wed.    09:05:00",
            [
                entry("config", FILE, 1014196, "2004-06-03T10:20:03"),
                entry("bn.exe", FILE, 550000, "2003-12-24T09:05:00"),
            ],
        )
    ],
    "OS-9": [
        (
            "                            Directory of . 11:44:44\n"
            "Owner   Last modified  Attributes Sector Bytecount Name\n"
            "------- -------------  ---------- ------ --------- ----\n"
            " 20.20  07/03/29 1026  d-ewrewr     2650     85920 CMDS\n"
            "  0.0   99/12/31 23:59 ----r-wr      1A4        77 startup",
            [
                entry("CMDS", DIR, 85920, "2007-03-29T10:26", owner="20", group="20"),
                entry("startup", FILE, 77, "1999-12-31T23:59", owner="0", group="0"),
            ],
        )
    ],
    "numbers": [
        (
            "0100644   500  101   12345    123456789       a file\n0040755   0  0   512    824255902    dir",
            [
                entry("a file", FILE, 12345, utc(1973, 11, 29, 21, 33, 9), "rw-r--r--", "500", "101"),
                entry("dir", DIR, 512, utc(1996, 2, 13, 23, 58, 22), "rwxr-xr-x", "0", "0"),
            ],
        )
    ],
    "VShell": [
        (
            "206876  Apr 04, 2000 21:06 a file\n0  Dec 12, 2002 02:13 a dir/",
            [
                entry("a file", FILE, 206876, "2000-04-04T21:06"),
                entry("a dir", DIR, None, "2002-12-12T02:13"),
            ],
        )
    ],
    "Windows 3": [
        (
            "CMT             <DIR>         Nov 21 1994 10:17\n"
            "DESIGN1.DOC          11264    May 11 1995 14:20\n"
            "Long name.txt         1045    05-11-95  2:20PM",
            [
                entry("CMT", DIR, None, "1994-11-21T10:17"),
                entry("DESIGN1.DOC", FILE, 11264, "1995-05-11T14:20"),
                entry("Long name.txt", FILE, 1045, "1995-05-11T14:20"),
            ],
        ),
        (  # SuperTCP on a later Windows: the long name stands behind
            ".            <DIR>     11-29-2004  22:04 .\n"
            "rar341.exe   1164112   11-22-2004  15:34 rar341.exe\n"
            "TESTDI~1     <DIR>     11-29-2004  22:16 Test Dir\n"
            "TEST~1       <DIR>     11-29-2004  22:52  Test",
            [
                entry("rar341.exe", FILE, 1164112, "2004-11-22T15:34"),
                entry("Test Dir", DIR, None, "2004-11-29T22:16"),
                entry(" Test", DIR, None, "2004-11-29T22:52"),
            ],
        ),
        (  # Chameleon's attributes; WinQVT's slash; PC-NFS with the extension apart; NCSA's last line
            "DESIGN2.DOC     11264      May 11 1995 14:20   RHA\n"
            "folder/             0  10-23-2003 01:01\n"
            "prog1    exe     2,563,136 06-30-99  10:00a\n"
            "temp         <dir>         01-27-97   3:41p\n"
            "   1234567 Bytes Available",
            [
                entry("DESIGN2.DOC", FILE, 11264, "1995-05-11T14:20"),
                entry("folder", DIR, None, "2003-10-23T01:01"),
                entry("prog1.exe", FILE, 2563136, "1999-06-30T10:00"),
                entry("temp", DIR, None, "1997-01-27T15:41"),
            ],
        ),
    ],
    "ragged Unix": [
        (
            "drwxr-sr-x 1 0 0 0 rc.d\n-rw-r--r-- 1 0 0 290 rc local\n"
            "lrwxrwxrwx 1 0 0 18 inittab -> ../var/tmp/inittab",
            [
                entry("rc.d", DIR, 0, "", "rwxr-sr-x", "0", "0"),
                entry("rc local", FILE, 290, "", "rw-r--r--", "0", "0"),
                entry("inittab", LINK, 18, "", "rwxrwxrwx", "0", "0", "../var/tmp/inittab"),
            ],
        ),
        (
            "-r-xr-xr-x longowner longgroup123456 Feb 12 17:20 a file",
            [entry("a file", FILE, None, "2026-02-12T17:20", "r-xr-xr-x", "longowner", "longgroup")],
        ),
    ],
    **IBM,
    **RARE,
}
