using System.Buffers.Binary;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>The link bandwidth extended community (draft-ietf-idr-link-bandwidth §2): type 0x40 or 0x00, subtype 4, two
/// octets of AS number, octets per second as an IEEE float.</summary>
/// <param name="Asn">The AS that set it; AS_TRANS when it needs four octets.</param>
/// <param name="OctetsPerSecond">The bandwidth.</param>
/// <param name="IsTransitive">It may leave the AS (type 0x00).</param>
internal readonly record struct LinkBandwidth(ushort Asn, float OctetsPerSecond, bool IsTransitive = false)
{
    /// <summary>Octets of the community.</summary>
    public const int EncodedLength = 8;

    private const byte NonTransitiveTwoOctetAs = 0x40;
    private const byte SubType = 4;

    /// <summary>True for a community of this kind, transitive or not.</summary>
    public static bool IsLinkBandwidth(ReadOnlySpan<byte> extended) =>
        (extended[0] & ~NonTransitiveTwoOctetAs) == 0 && extended[1] == SubType;

    /// <summary>Finds the first in a list of extended communities whose bandwidth is a finite number from 0 on.</summary>
    public static bool TryFind(ReadOnlySpan<byte> list, out LinkBandwidth bandwidth)
    {
        for (; list.Length >= EncodedLength; list = list[EncodedLength..])
        {
            if (IsLinkBandwidth(list))
            {
                var value = BinaryPrimitives.ReadSingleBigEndian(list[4..]);
                if (float.IsFinite(value) && value >= 0)
                {
                    bandwidth = new LinkBandwidth(
                        BinaryPrimitives.ReadUInt16BigEndian(list[2..]), value, list[0] != NonTransitiveTwoOctetAs);
                    return true;
                }
            }
        }

        bandwidth = default;
        return false;
    }

    /// <summary>Writes the community.</summary>
    public void Write(Span<byte> octets)
    {
        octets[0] = IsTransitive ? (byte)0 : NonTransitiveTwoOctetAs;
        octets[1] = SubType;
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], Asn);
        BinaryPrimitives.WriteSingleBigEndian(octets[4..], OctetsPerSecond);
    }
}
