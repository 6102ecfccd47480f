"""Certificates that cannot be verified: what the user is told, what each answer does, and that nothing was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.certificates import DAY, Authority, Identity, Make
from tests.support.sites import open_site
from tests.support.tls_liar import Lies, TlsLiar
from tuiftp.choices import TlsPolicy
from tuiftp.errors import CertificateRefused, ConfigurationError, TlsFailed
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer, TrustStore
from tuiftp.protocol.certificates import CertificateReason, show_fingerprint
from tuiftp.secret import Secret

REQUIRED = TlsOptions(TlsPolicy.REQUIRED)


class Person:
    """Answers as a test says, and remembers what it was asked."""

    def __init__(self, answer: TrustAnswer = TrustAnswer.REFUSE, *, allows_plain: bool = False) -> None:
        self.answer = answer
        self.allows_plain = allows_plain
        self.asked: list[CertificateProblem] = []
        self.asked_plain: list[PlainTextProblem] = []

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        self.asked.append(problem)
        await asyncio.sleep(0)
        return self.answer

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        self.asked_plain.append(problem)
        return self.allows_plain


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def liar(authority: Authority) -> Iterator[TlsLiar]:
    with TlsLiar(authority.issue(), files={"/a.txt": b"hello"}) as server:
        yield server


def trusting(authority: Authority, policy: TlsPolicy = TlsPolicy.REQUIRED) -> TlsOptions:
    return TlsOptions(policy, ca_file=str(authority.path))


async def test_a_good_certificate_is_no_question(liar: TlsLiar, authority: Authority) -> None:
    person = Person()
    async with open_site(liar, tls=trusting(authority), decider=person) as opened:
        assert await opened.names() == ["a.txt"]
    assert person.asked == []
    assert liar.commands[:4] == ["AUTH TLS", "USER ftptest", "PASS ftppass", "PBSZ 0"]


@pytest.mark.parametrize(
    ("names", "begins", "ends", "reasons", "words"),
    [
        (["127.0.0.1"], -3 * DAY, -DAY, {CertificateReason.EXPIRED}, "expired on 20"),
        (["127.0.0.1"], DAY, 3 * DAY, {CertificateReason.NOT_YET_VALID}, "is valid only from 20"),
        (["ftp.example.com", "x"], -DAY, DAY, {CertificateReason.WRONG_NAME}, "is for ftp.example.com, x"),
        (["other"], -3 * DAY, -DAY, {CertificateReason.EXPIRED, CertificateReason.WRONG_NAME}, "is for other"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_certificate_is_said(
    authority: Authority, names: list[str], begins: timedelta, ends: timedelta,
    reasons: set[CertificateReason], words: str,
) -> None:  # fmt: skip
    """Expired, not valid yet, for another name; and with more than one fault, all of them."""
    identity, person = authority.issue(*names, make=Make(begins=begins, ends=ends)), Person()
    with TlsLiar(identity) as server:
        async with open_site(server, tls=trusting(authority), decider=person, connect=False) as opened:
            with pytest.raises(CertificateRefused, match=words) as caught:
                await opened.site.connect()
        assert show_fingerprint(identity.fingerprint) in caught.value.message
        assert set(server.commands) == {"AUTH TLS"}
    (problem,) = person.asked
    assert set(problem.reasons) == reasons
    assert problem.certificate.names == tuple(names)
    assert problem.certificate.issuer == "C=DE, O=Ünit test, CN=authority"


async def test_a_self_signed_certificate(tmp_path: Path) -> None:
    identity, person = Identity(tmp_path / "own.pem", "127.0.0.1"), Person()
    with TlsLiar(identity) as server:
        async with open_site(server, tls=REQUIRED, decider=person, connect=False) as opened:
            with pytest.raises(
                CertificateRefused, match="is signed by itself, so that nobody vouches for it"
            ):
                await opened.site.connect()
    assert person.asked[0].reasons == (CertificateReason.SELF_SIGNED,)
    assert person.asked[0].certificate.subject == "C=DE, O=Ünit test, CN=test server"


async def test_an_unknown_authority(liar: TlsLiar) -> None:
    person = Person()
    async with open_site(liar, tls=REQUIRED, decider=person, connect=False) as opened:
        with pytest.raises(CertificateRefused, match="CN=authority, which this system does not know"):
            await opened.site.connect()
    assert person.asked[0].reasons == (CertificateReason.UNKNOWN_ISSUER,)
    assert "USER ftptest" not in liar.commands


async def test_trust_for_once_ends_with_the_program(liar: TlsLiar) -> None:
    """All sessions of the site use it; another run asks again."""
    trust, person = TrustStore(), Person(TrustAnswer.ONCE)
    async with open_site(liar, tls=REQUIRED, decider=person, trust=trust) as opened:
        assert await opened.names() == ["a.txt"]
        async with opened.site.pool.lease(), opened.site.pool.lease():
            pass
        await opened.site.reconnect()
        assert len(person.asked) == 1
    assert trust.trusted() == {}
    async with open_site(liar, tls=REQUIRED, decider=person, trust=trust):
        assert len(person.asked) == 2


async def test_trust_for_this_host_and_port_is_kept(liar: TlsLiar, authority: Authority) -> None:
    trust, person, changes = TrustStore(), Person(TrustAnswer.ALWAYS), []
    trust.on_change = lambda: changes.append(trust.to_dict())
    async with open_site(liar, tls=REQUIRED, decider=person, trust=trust):
        pass
    later = TrustStore()
    later.load_dict(changes[-1])
    assert later.trusted() == {f"127.0.0.1:{liar.port}": liar.identity.fingerprint}
    async with open_site(liar, tls=REQUIRED, decider=person, trust=later) as opened:
        assert await opened.names() == ["a.txt"]
    assert len(person.asked) == 1
    # It is for this port alone.
    with TlsLiar(liar.identity) as other:
        async with open_site(other, tls=REQUIRED, decider=person, trust=later):
            pass
    assert len(person.asked) == 2


async def test_a_changed_certificate_is_a_loud_stop(liar: TlsLiar, authority: Authority) -> None:
    """Even one that could be verified; both fingerprints are told, and nothing is sent."""
    trust = TrustStore()
    async with open_site(liar, tls=REQUIRED, decider=Person(TrustAnswer.ALWAYS), trust=trust):
        pass
    before, liar.identity = liar.identity, authority.issue(file="new")
    liar.commands.clear()
    person = Person()
    async with open_site(liar, tls=trusting(authority), decider=person, trust=trust, connect=False) as opened:
        with pytest.raises(
            CertificateRefused, match="is another one than the one that was trusted before"
        ) as caught:
            await opened.site.connect()
    assert person.asked[0].has_changed
    assert person.asked[0].known == before.fingerprint
    assert show_fingerprint(before.fingerprint) in caught.value.message
    assert show_fingerprint(liar.identity.fingerprint) in caught.value.message
    assert set(liar.commands) == {"AUTH TLS"}
    # The person may come to trust the new one.
    async with open_site(liar, tls=REQUIRED, decider=Person(TrustAnswer.ALWAYS), trust=trust):
        pass
    assert trust.fingerprint(f"127.0.0.1:{liar.port}") == liar.identity.fingerprint


async def test_sessions_that_wait_get_the_same_answer(liar: TlsLiar) -> None:
    """Three connections at once: one question."""
    person = Person(TrustAnswer.ONCE)
    async with open_site(liar, tls=REQUIRED, decider=person, connect=False) as opened:

        async def lease() -> None:
            async with opened.site.pool.lease() as endpoint:
                await endpoint.session.run(lambda client: client.ask("NOOP"))

        await asyncio.gather(lease(), lease(), lease())
        assert len(person.asked) == 1
    person = Person(TrustAnswer.REFUSE)
    async with open_site(liar, tls=REQUIRED, decider=person, connect=False) as opened:
        results = await asyncio.gather(lease(), lease(), lease(), return_exceptions=True)
        assert [type(result) for result in results] == [CertificateRefused] * 3
    assert len(person.asked) == 1


async def test_a_fingerprint_of_the_site_is_the_only_one(liar: TlsLiar, authority: Authority) -> None:
    """Without a question: right is right, and wrong is refused although it could be verified."""
    person = Person(TrustAnswer.ALWAYS)
    right = TlsOptions(TlsPolicy.REQUIRED, fingerprint=liar.identity.fingerprint)
    async with open_site(liar, tls=right, decider=person) as opened:
        assert await opened.names() == ["a.txt"]
    wrong = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path), fingerprint="ab" * 32)
    async with open_site(liar, tls=wrong, decider=person, connect=False) as opened:
        with pytest.raises(CertificateRefused, match="wanted was SHA-256 AB:AB"):
            await opened.site.connect()
    assert person.asked == []


async def test_implicit_tls_asks_about_the_certificate_too(authority: Authority) -> None:
    person = Person(TrustAnswer.ONCE)
    with TlsLiar(authority.issue(), files={"/a.txt": b"x"}, is_implicit=True) as server:
        async with open_site(server, tls=TlsOptions(TlsPolicy.IMPLICIT), decider=person) as opened:
            assert await opened.names() == ["a.txt"]
    assert len(person.asked) == 1


async def test_a_server_that_once_had_tls_and_now_has_none(liar: TlsLiar, authority: Authority) -> None:
    """A password goes in clear only if a person says so."""
    trust, options = TrustStore(), trusting(authority, TlsPolicy.IF_OFFERED)
    async with open_site(liar, tls=options, trust=trust, decider=Person()) as opened:
        assert "PROT" in opened.sent
    liar.lies = Lies(auth=b"502 Not today.\r\n", prot=b"503 AUTH first.\r\n")
    liar.commands.clear()
    wary = Person()
    async with open_site(liar, tls=options, trust=trust, decider=wary, connect=False) as opened:
        with pytest.raises(TlsFailed, match=r"spoke TLS before and now refuses it \(502 Not today.\)"):
            await opened.site.connect()
    assert liar.commands == ["AUTH TLS"]
    assert len(wary.asked_plain) == 1
    async with open_site(liar, tls=options, trust=trust, decider=Person(allows_plain=True)) as opened:
        assert await opened.names() == ["a.txt"]
        assert "The connection is not encrypted" in {record.title for record in opened.records}


@pytest.fixture
async def known(liar: TlsLiar, authority: Authority) -> TrustStore:
    """What is remembered after a connection over TLS to the server, which now takes plain logins as well."""
    trust = TrustStore()
    async with open_site(liar, tls=trusting(authority), trust=trust):
        pass
    liar.lies = Lies(auth=b"502 Not today.\r\n", prot=b"503 AUTH first.\r\n")
    liar.commands.clear()
    return trust


async def test_plain_ftp_to_a_server_that_had_tls_is_asked_about(liar: TlsLiar, known: TrustStore) -> None:
    """Nothing is sent before the answer; one answer is for all sessions."""
    wary, bold = Person(), Person(allows_plain=True)
    async with open_site(liar, trust=known, decider=wary, connect=False) as opened:
        with pytest.raises(TlsFailed, match="spoke TLS before, and this connection is not encrypted"):
            await opened.site.connect()
    assert liar.commands == []
    assert len(wary.asked_plain) == 1
    async with open_site(liar, trust=known, decider=bold) as opened:
        assert await opened.names() == ["a.txt"]
        async with opened.site.pool.lease():
            pass
    assert len(bold.asked_plain) == 1


async def test_a_password_that_is_given_later_is_asked_about_too(liar: TlsLiar, known: TrustStore) -> None:
    """As with transfers of an earlier run, whose password nobody has given yet."""
    person = Person()
    async with open_site(liar, trust=known, decider=person, connect=False, password="") as opened:
        opened.site.log_in_as(Credentials("ftptest", Secret("ftppass")))
        with pytest.raises(TlsFailed):
            await opened.site.connect()
    assert liar.commands == []


async def test_plain_ftp_that_is_meant_or_has_no_secret_is_no_question(
    liar: TlsLiar, known: TrustStore
) -> None:
    person = Person()
    async with open_site(liar, trust=known, decider=person, user="anonymous") as opened:
        assert await opened.names() == ["a.txt"]
    meant = TlsOptions(TlsPolicy.OFF, is_plain_meant=True)
    async with open_site(liar, trust=known, decider=person, tls=meant) as opened:
        assert await opened.names() == ["a.txt"]
    assert person.asked_plain == []


async def test_where_the_memory_of_tls_is_lost_every_password_is_asked_about(liar: TlsLiar) -> None:
    trust, person = TrustStore(), Person()
    trust.is_memory_lost = True
    async with open_site(liar, trust=trust, decider=person, connect=False) as opened:
        with pytest.raises(TlsFailed, match="is not known, as what was remembered could not be read"):
            await opened.site.connect()
    assert liar.commands == []
    assert person.asked_plain[0].is_memory_lost


def test_the_spelling_of_a_name_does_not_hide_that_a_server_had_tls() -> None:
    trust = TrustStore()
    trust.load_dict({"had_tls": ["FTP.Example.com:21", "files.example.com:990"]})
    assert trust.had_tls("ftp.example.com:21")
    assert trust.had_tls("ftp.EXAMPLE.com.:21")
    assert trust.had_tls("files.example.com:21")
    assert not trust.had_tls("ftp.example.com:2121")


async def test_a_server_without_tls_is_used_where_the_site_allows_it(liar: TlsLiar) -> None:
    liar.lies = Lies(auth=b"500 What?\r\n", prot=b"500 What?\r\n")
    person = Person()
    async with open_site(liar, tls=TlsOptions(TlsPolicy.IF_OFFERED), decider=person) as opened:
        assert await opened.names() == ["a.txt"]
        assert "S8" in {record.code for record in opened.records}
    assert person.asked_plain == []


async def test_auth_refused_where_tls_is_required(liar: TlsLiar) -> None:
    liar.lies = Lies(auth=b"502 AUTH is not known.\r\n")
    async with open_site(liar, tls=REQUIRED, connect=False) as opened:
        with pytest.raises(
            TlsFailed,
            match=r"refuses to encrypt the connection: AUTH TLS: 502 AUTH is not known.*no password was sent",
        ):
            await opened.site.connect()
    assert liar.commands == ["AUTH TLS"]


async def test_a_file_that_is_no_certificate(liar: TlsLiar, tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("junk")
    options = TlsOptions(TlsPolicy.REQUIRED, client_certificate=str(tmp_path / "junk.pem"))
    async with open_site(liar, tls=options, connect=False) as opened:
        with pytest.raises(ConfigurationError, match=r"the client certificate .* cannot be used"):
            await opened.site.connect()
