"""Listings of IBM's systems, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from tests.protocol.listing.sample import DIR, FILE, Sample, entry

IBM: Mapping[str, list[Sample]] = {
    "OS/400": [
        (  # a stream file's size is its own; a database file is a directory of members
            "ANNA              932 03/29/01 14:59:53 *STMF      /cert.txt\n"
            "QSYS            77824 12/17/01 15:33:14 *DIR       /QOpenSys/\n"
            "QSYS         12832768 04/14/03 16:47:25 *LIB       /QSYS.LIB/\n"
            "QDOC            24576 12/31/69 20:00:00 *FLR       /QDLS/\n"
            "CFT             45056 12/04/06 14:19:31 *FILE      AFTFRE1.FILE\n"
            "CFT                                     *MEM       AFTFRE1.FILE/AFTFRE1.MBR\n"
            "CFT             36864 12/01/17 20:08:04 *FILE      BACKUP.SAVF\n"
            "CFT                                     *MEM       OTHER.FILE/M1.MBR",
            [
                entry("cert.txt", FILE, 932, "2001-03-29T14:59:53", owner="ANNA"),
                entry("QOpenSys", DIR, None, "2001-12-17T15:33:14", owner="QSYS"),
                entry("QSYS.LIB", DIR, None, "2003-04-14T16:47:25", owner="QSYS"),
                entry("QDLS", DIR, None, "1969-12-31T20:00:00", owner="QDOC"),
                entry("AFTFRE1.FILE", DIR, None, "2006-12-04T14:19:31", owner="CFT"),
                entry("BACKUP.SAVF", FILE, None, "2017-12-01T20:08:04", owner="CFT"),
                entry("M1.MBR", FILE, owner="CFT"),
            ],
        ),
        (  # days first
            "QPGMR           36864 18.09.06 14:21:26 *STMF      a.txt\nQPGMR  12 03.09.06 1:21:26 *STMF b",
            [
                entry("a.txt", FILE, 36864, "2006-09-18T14:21:26", owner="QPGMR"),
                entry("b", FILE, 12, "2006-09-03T01:21:26", owner="QPGMR"),
            ],
        ),
        (  # years first, which only the whole listing tells
            "QPGMR 3 05/02/09 14:21:26 *STMF a\nQPGMR 4 08/12/31 14:21:26 *STMF b",
            [
                entry("a", FILE, 3, "2005-02-09T14:21:26", owner="QPGMR"),
                entry("b", FILE, 4, "2008-12-31T14:21:26", owner="QPGMR"),
            ],
        ),
    ],
    "MVS": [
        (
            "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\n"
            "WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  ANNA.LIST\n"
            "WPTA01 3290   2004/03/04  1    3  FB      80  3125  PO  ANNA.SOURCE\n"
            "NRP004 3390   **NONE**    1   15  NONE     0     0  PO  ANNA.EMPTY\n"
            "TSO005 3390   2005/06/06 213000 U 0 27998 PO ANNA.LOAD\n"
            "GISBWI 3390   2011/08/25  2 ++++  FB     904 18080  PS  ANNA.BIG\n"
            "WYOSPT 3420   2003/05/21  1 3 U 6447    6447  PO-E ANNA.PDSE\n"
            "TSO004 3390   VSAM ANNA.CLUSTER\n"
            "Migrated                                                'ANNA.OLD'\n"
            "V43525 Tape                                             ANNA.TAPE\n"
            "ARCIVE Not Direct Access Device                         ANNA.ARCHIVE\n"
            "Pseudo Directory                                        ANNA\n"
            "USER01 3390   2019/01/02  1  what is this              ANNA.STRANGE",
            [
                entry("ANNA.LIST", FILE, None, "2003-05-21"),
                entry("ANNA.SOURCE", DIR, None, "2004-03-04"),
                entry("ANNA.EMPTY", DIR),
                entry("ANNA.LOAD", DIR, None, "2005-06-06"),
                entry("ANNA.BIG", FILE, None, "2011-08-25"),
                entry("ANNA.PDSE", DIR, None, "2003-05-21"),
                entry("ANNA.CLUSTER"),
                entry("'ANNA.OLD'"),
                entry("ANNA.TAPE"),
                entry("ANNA.ARCHIVE"),
                entry("ANNA", DIR),
                entry("ANNA.STRANGE"),
            ],
        ),
        (
            " Name     VV.MM   Created       Changed      Size  Init   Mod   Id\n"
            " ARTIST    01.01 2021/08/20 2021/08/21 07:51     6     6     0 A99993\n"
            " $2CPF1    01.04 2001/10/18 2001/10/18 11:58:07    29    29     0 QFX3076\n"
            " BARE",
            [
                entry("ARTIST", FILE, None, "2021-08-21T07:51", owner="A99993"),
                entry("$2CPF1", FILE, None, "2001-10-18T11:58:07", owner="QFX3076"),
                entry("BARE"),
            ],
        ),
        (
            " Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode\n"
            " EAGKCPT   000058   000009          00 FO             RN RU            31    ANY\n"
            " EAGRTPRC  005F48   000011 EAGRTALT 00 FO             RN RU            31    ANY",
            [entry("EAGKCPT"), entry("EAGRTPRC")],
        ),
    ],
    "JES": [
        (
            "JOBNAME  JOBID    OWNER    STATUS CLASS\n"
            "MMXSCR   JOB44711 MM       OUTPUT D        RC=0008 13 spool files\n"
            "MM8      S0408321 MM       OUTPUT STC      ABEND=000 3 spool files\n"
            "MMXLATE  JOB44720 MM       INPUT  A        -HELD-\n"
            "MMNOW    JOB44721 MM       ACTIVE A",
            [
                entry("JOB44711", owner="MM"),
                entry("S0408321", owner="MM"),
                entry("JOB44720", owner="MM"),
                entry("JOB44721", owner="MM"),
            ],
        ),
        (
            "JOBNAME  JOBID    OWNER    STATUS CLASS\n"
            "MM8      JOB02094 MM       OUTPUT A        RC=0000\n"
            "--------\n"
            "        ID  STEPNAME PROCSTEP C DDNAME   BYTE-COUNT\n"
            "        001 JES2        N/A   H JESMSGLG      1200\n"
            "        102 STEP1       N/A   H SYSPRINT        88\n"
            "2 spool files",
            [entry("JOB02094", owner="MM"), entry("JOB02094.1"), entry("JOB02094.102")],
        ),
        ("MM1      JOB01906  OUTPUT    3 Spool Files", [entry("JOB01906")]),
    ],
    "VM/CMS": [
        (
            "Filename FileType  Fm Format Lrecl  Records Blocks Date      Time\n"
            "LASTING  GLOBALV   A1 V      41     21      1       9/16/91   15:10:32\n"
            "AUTHORS            A1 DIR    -      -      -       9/20/99   10:31:11\n"
            "NEWER    TEXT      A0 F      80     10      1       1/03/102  10:11:12",
            [
                entry("LASTING.GLOBALV", FILE, None, "1991-09-16T15:10:32"),
                entry("AUTHORS", DIR, None, "1999-09-20T10:31:11"),
                entry("NEWER.TEXT", FILE, 800, "2002-01-03T10:11:12"),
            ],
        ),
        (
            "README   ANONYMOU V         71         26          1 1997-04-02 12:33:20 TCP291\n"
            "ENDTRACE TCPIP    F         80         11          1 1999-07-28  9:24:01 -\n"
            "WEBSHARE          DIR        -          -          - 1997-05-30 18:44:17 -",
            [
                entry("README.ANONYMOU", FILE, None, "1997-04-02T12:33:20", owner="TCP291"),
                entry("ENDTRACE.TCPIP", FILE, 880, "1999-07-28T09:24:01"),
                entry("WEBSHARE", DIR, None, "1997-05-30T18:44:17"),
            ],
        ),
        (
            "05/20/2000 13:38:19 F 1 65758 'bfs line.cpy'\n08/21/2000 05:28:40 D - - 'ALTERNATE'",
            [
                entry("bfs line.cpy", FILE, 65758, "2000-05-20T13:38:19"),
                entry("ALTERNATE", DIR, None, "2000-08-21T05:28:40"),
            ],
        ),
    ],
    "OS/2": [
        (
            "  36611      A    04-23-103   10:57  os2 file.txt\n"
            "   1123      A    07-14-99    12:37  older\n"
            "      0 DIR       02-11-103   16:15  a dir\n"
            "   1123 DIR  AR   10-05-100   23:38  another",
            [
                entry("os2 file.txt", FILE, 36611, "2003-04-23T10:57"),
                entry("older", FILE, 1123, "1999-07-14T12:37"),
                entry("a dir", DIR, None, "2003-02-11T16:15"),
                entry("another", DIR, None, "2000-10-05T23:38"),
            ],
        )
    ],
}
