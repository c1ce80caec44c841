using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Routing.Bgp.Bfd.Authentication;

/// <summary>Signs a session's packets and judges those that come (RFC 5880 §6.7).</summary>
/// <remarks><code>
///  behind the packet's 24 octets:
///  simple password   | Type | Len | Key ID | password, 1 to 16 octets                                  |
///  MD5, SHA1         | Type | Len | Key ID | 0 | Sequence Number (32) | digest, 16 or 20 octets        |
/// </code>
/// A digest is that of the whole packet with the key, filled up with zeros, in the digest's place. Allocates nothing per packet.
/// </remarks>
/// <param name="options">As configured.</param>
/// <param name="firstSequence">bfd.XmitAuthSeq to begin with; random (§6.8.1).</param>
internal sealed class BfdAuthenticator(BfdAuthenticationOptions options, uint firstSequence)
{
    /// <summary>Octets of the longest section.</summary>
    public const int MostOctets = DigestAt + SHA1.HashSizeInBytes;

    // Places in the section.
    private const int LengthAt = 1;
    private const int KeyIdAt = 2;
    private const int PasswordAt = 3;
    private const int SequenceAt = 4;
    private const int DigestAt = 8;

    // Places in the packet.
    private const int PacketFlagsAt = 1;
    private const int PacketLengthAt = 3;

    private readonly byte[] _lastSent = new byte[BfdPacket.Size];
    private uint _sendSequence = firstSequence; // bfd.XmitAuthSeq
    private uint _receiveSequence; // bfd.RcvAuthSeq
    private bool _isSequenceKnown; // bfd.AuthSeqKnown
    private long _lastAccepted;

    /// <summary>As configured last. Sequence numbers go on over a change.</summary>
    public BfdAuthenticationOptions Options { get; set; } = options;

    private bool IsMeticulous =>
        Options.Type is BfdAuthenticationType.MeticulousKeyedMd5 or BfdAuthenticationType.MeticulousKeyedSha1;

    private int DigestOctets => Options.Type switch
    {
        BfdAuthenticationType.SimplePassword => 0,
        BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5 => MD5.HashSizeInBytes,
        _ => SHA1.HashSizeInBytes,
    };

    /// <summary>Adds the section.</summary>
    /// <param name="packet">A packet without one, and room for <see cref="MostOctets"/> behind it.</param>
    /// <returns>Octets of the whole.</returns>
    public int Sign(Span<byte> packet)
    {
        var key = Options.Keys[0];
        var length = SectionOctets(key);
        packet[PacketFlagsAt] |= (byte)BfdFlags.AuthenticationPresent;
        packet[PacketLengthAt] = (byte)(BfdPacket.Size + length);
        var section = packet.Slice(BfdPacket.Size, length);
        section.Clear();
        (section[0], section[LengthAt], section[KeyIdAt]) = ((byte)Options.Type, (byte)length, key.Id);
        if (DigestOctets == 0)
        {
            key.Octets.CopyTo(section[PasswordAt..]);
            return BfdPacket.Size + length;
        }

        BinaryPrimitives.WriteUInt32BigEndian(section[SequenceAt..], NextSequence(packet[..BfdPacket.Size]));
        key.Octets.CopyTo(section[DigestAt..]);
        Span<byte> digest = stackalloc byte[DigestOctets];
        Digest(packet[..(BfdPacket.Size + length)], digest);
        digest.CopyTo(section[DigestAt..]);
        return BfdPacket.Size + length;
    }

    /// <summary>Judges a packet of the session.</summary>
    /// <param name="payload">All octets that came.</param>
    /// <param name="packet">What they say; the Length field was found to lie inside the payload.</param>
    /// <param name="detectionTime">The session's, in microseconds.</param>
    /// <param name="now">Microseconds.</param>
    public bool Verify(ReadOnlySpan<byte> payload, in BfdPacket packet, ulong detectionTime, long now)
    {
        payload = payload[..payload[PacketLengthAt]];
        var section = payload[BfdPacket.Size..];
        if (!packet.Has(BfdFlags.AuthenticationPresent) || section.Length <= KeyIdAt
            || section[0] != (byte)Options.Type || Find(section[KeyIdAt]) is not { } key
            || section[LengthAt] != SectionOctets(key) || section.Length < section[LengthAt])
        {
            return false;
        }

        section = section[..section[LengthAt]];
        return DigestOctets == 0
            ? CryptographicOperations.FixedTimeEquals(section[PasswordAt..], key.Octets)
            : VerifyDigest(payload, section, key, packet.DetectMultiplier, detectionTime, now);
    }

    private bool VerifyDigest(
        ReadOnlySpan<byte> payload, ReadOnlySpan<byte> section, BfdKey key, int detectMultiplier, ulong detectionTime, long now)
    {
        // §6.8.1: who has been silent for two detection times may have begun anew, with another number.
        _isSequenceKnown &= (ulong)(now - _lastAccepted) < 2 * detectionTime;
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(section[SequenceAt..]);
        var ahead = sequence - _receiveSequence; // §6.7.3, §6.7.4: in circular space
        if (_isSequenceKnown && (ahead > 3u * (uint)detectMultiplier || (IsMeticulous && ahead == 0)))
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[byte.MaxValue];
        expected = expected[..payload.Length];
        payload.CopyTo(expected);
        var place = expected.Slice(BfdPacket.Size + DigestAt, DigestOctets);
        place.Clear();
        key.Octets.CopyTo(place);
        Span<byte> digest = stackalloc byte[DigestOctets];
        Digest(expected, digest);
        if (!CryptographicOperations.FixedTimeEquals(digest, section[DigestAt..]))
        {
            return false; // and the number stays: a stranger must not move it
        }

        (_receiveSequence, _isSequenceKnown, _lastAccepted) = (sequence, true, now);
        return true;
    }

    private BfdKey? Find(byte id)
    {
        foreach (var key in Options.Keys)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    private int SectionOctets(BfdKey key) => DigestOctets == 0 ? PasswordAt + key.Octets.Length : DigestAt + DigestOctets;

    /// <summary>§6.7.3: one higher with each packet, or, where that is not asked for, with each that says something
    /// new.</summary>
    private uint NextSequence(ReadOnlySpan<byte> packet)
    {
        if (IsMeticulous || !packet.SequenceEqual(_lastSent))
        {
            packet.CopyTo(_lastSent);
            _sendSequence++;
        }

        return _sendSequence;
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 5880 §6.7.4 has SHA1.")]
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "RFC 5880 §6.7.3 has MD5.")]
    private static void Digest(ReadOnlySpan<byte> packet, Span<byte> digest)
    {
        if (digest.Length == MD5.HashSizeInBytes)
        {
            MD5.HashData(packet, digest);
        }
        else
        {
            SHA1.HashData(packet, digest);
        }
    }
}
