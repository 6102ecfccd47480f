"""Listings of systems that are rare by now, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from tests.protocol.listing.sample import DIR, FILE, LINK, Sample, entry

RARE: Mapping[str, list[Sample]] = {
    "NetWare Print Services": [
        (
            "-[RWCEAFMS] server1          3166     Sept 14, 99 2:30 pm log$err.old\n"
            "D[RWCEAFMS] anna              512     Oct 2, 99 12:05 am brief folder",
            [
                entry("log$err.old", FILE, 3166, "1999-09-14T14:30", owner="server1"),
                entry("brief folder", DIR, 512, "1999-10-02T00:05", owner="anna"),
            ],
        ),
        (
            "-rw------- 1 root wheel   512  Oct 14, 99 8:45 pm deleted.sav\n"
            "-rw------ - 2 anna support 1285 Oct 14  01 9:55 am report.txt\n"
            "drwxr-xr-x 1 root wheel   512  Oct 14, 99 4:33 pm brief",
            [
                entry("deleted.sav", FILE, 512, "1999-10-14T20:45", "rw-------", "root", "wheel"),
                entry("report.txt", FILE, 1285, "2001-10-14T09:55", "rw-------", "anna", "support"),
                entry("brief", DIR, 512, "1999-10-14T16:33", "rwxr-xr-x", "root", "wheel"),
            ],
        ),
    ],
    "MCP": [
        (
            "Report for: (ANNA)SALES ON PACK\n"
            "SALES                       SEQDATA    84 03/28/1998  15:32\n"
            "SALES/EAST/Q1               COBOLSYMBOL  960 06/09/1998  12:03:20\n"
            '"a title"/B                 SEQDATA    12 06/09/1998  12:03\n'
            "          3 Files     1056 Octets",
            [
                entry("SALES", FILE, 84, "1998-03-28T15:32"),
                entry("SALES/EAST/Q1", FILE, 960, "1998-06-09T12:03:20"),
                entry('"a title"/B', FILE, 12, "1998-06-09T12:03"),
            ],
        )
    ],
    "VOS": [
        (
            "Files: 2  Blocks: 159\n\n"
            "w    158 stm       90-05-19 11:53:44  accounts.cobol\n"
            " r      1 seq       04-07-13 21:15:43  orders.1999\n\n"
            "Dirs: 1\n\n"
            "m      1  04-02-29 00:00:01  archive\n\n"
            "Links: 2\n\n"
            "04-07-13 21:15:43  backup_logs  ->  %sys#d01>anna>logs\n"
            "04-07-13 21:15:44  a_very_long_link_name  ->\n"
            "+%sys#d01>Administration>Reports>\n"
            "+the_end",
            [
                entry("accounts.cobol", FILE, None, "1990-05-19T11:53:44"),
                entry("orders.1999", FILE, None, "2004-07-13T21:15:43"),
                entry("archive", DIR, None, "2004-02-29T00:00:01"),
                entry("backup_logs", LINK, None, "2004-07-13T21:15:43", target="%sys#d01>anna>logs"),
                entry(
                    "a_very_long_link_name",
                    LINK,
                    None,
                    "2004-07-13T21:15:44",
                    target="%sys#d01>Administration>Reports>the_end",
                ),
            ],
        )
    ],
    "MPE/iX": [
        (
            "ACCOUNT=  SYS         GROUP=  WORK\n"
            "FILENAME  CODE  ------------LOGICAL RECORD-----------  ----SPACE----\n"
            "                  SIZE  TYP        EOF      LIMIT R/B  SECTORS #X MX\n"
            "DATA01    PRIV    128W  FB           6          6   1       16  1  1\n"
            "MESSAGES          128B  VAR       8193       8192   3     4128  1  8",
            [entry("DATA01", FILE, 1536), entry("MESSAGES", FILE)],
        ),
        (
            " PATH= /ANNA/PUB/\n\n"
            " CODE  ------------LOGICAL RECORD-----------  ----SPACE----  FILENAME\n"
            "         SIZE  TYP        EOF      LIMIT R/B  SECTORS #X MX\n\n"
            "          16W  HBD          0   67107839   1       32  1  *  incoming/\n"
            "           1B  BA         115 2147483647   1       16  1  *  a.file\n"
            "./@ not found",
            [entry("incoming", DIR), entry("a.file", FILE, 115)],
        ),
    ],
    "GXS": [
        (
            "  Filename (MSGKEY)        Sender      Class   Size       Date   Time\n"
            "FFAD59A3FB10054AC5F1._IE  ACCT1 USER1  ORDERS  0000006501 960821 092357",
            [entry("FFAD59A3FB10054AC5F1._IE", FILE, 6501, "1996-08-21T09:23:57", owner="USER1")],
        ),
        (
            "Access    Owner    Account Size  Last updated         Name\n"
            "-rw-r----- ANNA    ACCT    3126  050821 092357 price list",
            [entry("price list", FILE, 3126, "2005-08-21T09:23:57", "rw-r-----", "ANNA", "ACCT")],
        ),
        (
            'FFAD59A3FB10054AC5F1._IE\nFFAD59A3FB10054AC5F2._IE "orders.edi"',
            [entry("FFAD59A3FB10054AC5F1._IE"), entry("FFAD59A3FB10054AC5F2._IE")],
        ),
    ],
    "GCOS": [
        (
            "- - -----0 SEPT         SYSADMIN         AUG 26, 1997 SEQ1\n"
            "d - -----0 SEPT         ANNA             FEB  2, 2001 LIBRARY",
            [
                entry("SEQ1", FILE, None, "1997-08-26", owner="SYSADMIN"),
                entry("LIBRARY", DIR, None, "2001-02-02", owner="ANNA"),
            ],
        ),
        (
            "d rwx rwx ---           0 02/25/98           anna          catalog1\n"
            "- rwx r-x ---        1280 05/16/98 10:12:10  uid           test file",
            [
                entry("catalog1", DIR, None, "1998-02-25", "rwxrwx---", "anna"),
                entry("test file", FILE, 1280, "1998-05-16T10:12:10", "rwxr-x---", "uid"),
            ],
        ),
    ],
    "KA9Q": [
        (
            "nos.exe     381,204 23:59 12/31/98\nspool/             10:22 01/23/99",
            [
                entry("nos.exe", FILE, 381204, "1998-12-31T23:59"),
                entry("spool", DIR, None, "1999-01-23T10:22"),
            ],
        ),
        (  # two on a line: those behind come last
            "archive/             10:22 01/23/99    autoexec.net   1,024 12:05 02/11/99\n"
            "nos.exe     381,204 23:59 12/31/98\n"
            "3 files. 12,345,678 bytes free. Disk size 33,554,432 bytes.\n"
            "#",
            [
                entry("archive", DIR, None, "1999-01-23T10:22"),
                entry("nos.exe", FILE, 381204, "1998-12-31T23:59"),
                entry("autoexec.net", FILE, 1024, "1999-02-11T12:05"),
            ],
        ),
    ],
    "Distinct": [
        (
            "-wa--          23  Dec 29,2002  18:42  created.txt\n"
            "d----           0  Jan 02,2003  00:10  a folder\n"
            "-wa-h          77  Jun 23  09:42  hidden",
            [
                entry("created.txt", FILE, 23, "2002-12-29T18:42"),
                entry("a folder", DIR, None, "2003-01-02T00:10"),
                entry("hidden", FILE, 77, "2026-06-23T09:42"),
            ],
        )
    ],
    "PC/TCP": [
        (
            "     40774              IO.SYS   Tue May 31 06:22:00 1994\n"
            "<dir>                     TOOLS   Thu Feb 20 09:55:02 2003",
            [
                entry("IO.SYS", FILE, 40774, "1994-05-31T06:22:00"),
                entry("TOOLS", DIR, None, "2003-02-20T09:55:02"),
            ],
        )
    ],
    "TOPS-20": [
        (
            "<ANNA>INSTALL.MEM.1;P775252;A,210,10-Apr-1990 13:17:41,11-Apr-1990 13:18:26,11-Jan-2003 11:34:26\n"
            "<ANNA>LETTERS.DIRECTORY.1;P777700;A,1,15-Aug-2003 09:42:12,15-Aug-2003 09:42:12,16-Nov-1858 16:00:00",
            [
                entry("INSTALL.MEM.1", FILE, None, "1990-04-11T13:18:26"),
                entry("LETTERS", DIR, None, "2003-08-15T09:42:12"),
            ],
        ),
        ("PS:<ANNA>\nLOGIN.CMD.1\nMAIL.TXT.12", [entry("LOGIN.CMD.1"), entry("MAIL.TXT.12")]),
    ],
    "VSE": [
        (
            "POWER        <Power Queues>\nPRD2         <Library>\nIJSYS    <VSAM Catalog>\nMASTER  Entry Seq VSAM",
            [entry("POWER", DIR), entry("PRD2", DIR), entry("IJSYS", DIR), entry("MASTER")],
        ),
        (
            "CONFIG   <Sub Library>   12     480  98/03/24 10:11:12\n"
            "IPINIT00.L         33       2  98/03/24 10:11:12  99/03/25 11:12:13 F\n"
            "FTPBATCH.PHASE    128      14  98/03/24 10:11:12 S\n"
            "SYS.CATALOG  98/04/11 08:00:01  80 S\n"
            "PAUSEBG.1234.0  12 1 12 3 K ANNA",
            [
                entry("CONFIG", DIR, None, "1998-03-24T10:11:12"),
                entry("IPINIT00.L", FILE, None, "1999-03-25T11:12:13"),
                entry("FTPBATCH.PHASE", FILE, None, "1998-03-24T10:11:12"),
                entry("SYS.CATALOG", FILE, None, "1998-04-11T08:00:01"),
                entry("PAUSEBG.1234.0", owner="ANNA"),
            ],
        ),
    ],
    "MicroRTOS": [
        (
            "   Start      End  length File name\n"
            "    8000     9FFF    8191 boot image\n"
            "  0000A000 0000A0FF   256 config.ini\n"
            "** Total 2 files, 8447 bytes **",
            [entry("boot image", FILE, 8191), entry("config.ini", FILE, 256)],
        )
    ],
    "dls": [
        (
            "00README:        763  Nov 12 1994  What is where, and whom to ask\n"
            "bin/:              -  Jun  3 09:10\n"
            "pub/:              =  12 Oct 1993  Public area\n"
            "A_very_long_name_of_an_archive.tar.Z:\n"
            "                79215  Nov 12 1994  The whole of it: sources and manuals\n"
            "empty:             0",
            [
                entry("00README", FILE, 763, "1994-11-12"),
                entry("bin", DIR, None, "2026-06-03T09:10"),
                entry("pub", DIR, None, "1993-10-12"),
                entry("A_very_long_name_of_an_archive.tar.Z", FILE, 79215, "1994-11-12"),
                entry("empty", FILE, 0),
            ],
        ),
        (
            "00README     763  Information about this server\n"
            "usr/           -  \n"
            "pub/           =  Public area\n"
            "morgan        14  -> ../real/morgan\n"
            "TIMIT.mostlikely.Z\n"
            "                 79215  ",
            [
                entry("00README", FILE, 763),
                entry("usr", DIR),
                entry("pub", DIR),
                entry("morgan", LINK, target="../real/morgan"),
                entry("TIMIT.mostlikely.Z", FILE, 79215),
            ],
        ),
    ],
}
