"""The cipher suites: what they seal, and that they agree with published values."""

from __future__ import annotations

import hashlib
import hmac
import os

import pytest
from hypothesis import given, settings, strategies as st

from yipanqi.core.crypto import (
    AES_GCM,
    SM4_GCM,
    AesGcmProvider,
    BadKey,
    CryptoProvider,
    Sm4GcmProvider,
    UnknownAlgorithm,
    Unopenable,
    algorithms,
    provider,
    register,
)

BOTH = pytest.mark.parametrize("suite", [AesGcmProvider(), Sm4GcmProvider()], ids=[AES_GCM, SM4_GCM])


@BOTH
def test_what_is_sealed_opens(suite: CryptoProvider) -> None:
    key = suite.new_key()
    for plaintext in (b"", "张三，济南市".encode(), os.urandom(5000)):
        assert suite.decrypt(key, suite.encrypt(key, plaintext, b"record 1"), b"record 1") == plaintext


@BOTH
def test_sealed_bytes_open_for_their_own_record_and_key_only(suite: CryptoProvider) -> None:
    key = suite.new_key()
    sealed = suite.encrypt(key, b"13800001111", b"record 1")
    with pytest.raises(Unopenable):
        suite.decrypt(key, sealed, b"record 2")
    with pytest.raises(Unopenable):
        suite.decrypt(suite.new_key(), sealed, b"record 1")


@BOTH
def test_every_changed_byte_is_noticed(suite: CryptoProvider) -> None:
    key = suite.new_key()
    sealed = suite.encrypt(key, b"abc", b"")
    for n in range(len(sealed)):
        changed = bytearray(sealed)
        changed[n] ^= 1
        with pytest.raises(Unopenable):
            suite.decrypt(key, bytes(changed), b"")
    for length in range(len(sealed)):
        with pytest.raises(Unopenable):
            suite.decrypt(key, sealed[:length], b"")


@BOTH
def test_the_same_text_never_seals_to_the_same_bytes(suite: CryptoProvider) -> None:
    key = suite.new_key()
    sealed = {suite.encrypt(key, b"same", b"") for _ in range(200)}
    assert len({each[:12] for each in sealed}) == 200
    assert len(suite.new_key()) == suite.key_size
    assert suite.new_key() != suite.new_key()


@BOTH
def test_a_key_of_another_length_is_refused(suite: CryptoProvider) -> None:
    for size in (0, 24, suite.key_size - 1):
        with pytest.raises(BadKey):
            suite.encrypt(bytes(size), b"", b"")
        with pytest.raises(BadKey):
            suite.decrypt(bytes(size), bytes(40), b"")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([AES_GCM, SM4_GCM]), st.binary(max_size=200), st.binary(max_size=60))
def test_round_trips(tag: str, plaintext: bytes, aad: bytes) -> None:
    suite = provider(tag)
    key = suite.new_key()
    sealed = suite.encrypt(key, plaintext, aad)
    assert len(sealed) == 12 + len(plaintext) + 16
    assert suite.decrypt(key, sealed, aad) == plaintext


def test_aes_gcm_agrees_with_the_published_vectors() -> None:
    # McGrew and Viega, The Galois/Counter Mode of Operation, test cases 14 and 16.
    sealed = bytes(12) + bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    assert AesGcmProvider().decrypt(bytes(32), sealed, b"") == bytes(16)
    sealed = bytes.fromhex(
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    assert AesGcmProvider().decrypt(
        bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2),
        sealed,
        bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    ) == bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )


def test_sm4_gcm_agrees_with_the_published_vector() -> None:
    # RFC 8998, A.1.
    sealed = bytes.fromhex(
        "00001234567800000000ABCD"
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert Sm4GcmProvider().decrypt(
        bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"),
        sealed,
        bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
    ) == b"".join(bytes([n]) * 8 for n in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))


def test_digests_agree_with_published_values() -> None:
    # GB/T 32905, example 1; FIPS 180.
    assert (
        Sm4GcmProvider().digest(b"abc").hex()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert AesGcmProvider().digest(b"abc") == hashlib.sha256(b"abc").digest()
    assert AesGcmProvider().hmac(b"k", b"data") == hmac.digest(b"k", b"data", "sha256")


def test_hmac_sm3_is_hmac_over_sm3() -> None:
    suite, key = Sm4GcmProvider(), b"a key"
    padded = key.ljust(64, b"\0")
    inner = suite.digest(bytes(b ^ 0x36 for b in padded) + b"data")
    assert suite.hmac(key, b"data") == suite.digest(bytes(b ^ 0x5C for b in padded) + inner)


def test_a_tag_finds_its_provider() -> None:
    assert algorithms() == (AES_GCM, SM4_GCM)
    assert [provider(tag).name for tag in algorithms()] == [AES_GCM, SM4_GCM]
    with pytest.raises(UnknownAlgorithm, match="rot13"):
        provider("rot13")


def test_a_providers_name_cannot_be_taken_over() -> None:
    with pytest.raises(ValueError, match="has a provider already"):
        register(AesGcmProvider())
