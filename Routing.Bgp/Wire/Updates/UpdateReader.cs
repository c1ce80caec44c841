using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>Splits an UPDATE without copying or judging what is in it.</summary>
internal static class UpdateReader
{
    /// <summary>Splits an UPDATE body into its three sections (RFC 4271 §4.3) without decoding them.</summary>
    /// <param name="body">The message after its 19-octet header. Borrowed: nothing may keep it past the call.</param>
    /// <returns>False with a ready NOTIFICATION in <paramref name="error"/> when a length runs past the body
    /// (RFC 7606 §3.b).</returns>
    public static bool TrySplit(
        ReadOnlySpan<byte> body, out UpdateSections sections, [NotNullWhen(false)] out DecodeError? error)
    {
        var reader = new WireReader(body);
        if (reader.TryReadUInt16(out var withdrawnLength) && reader.TryReadOctets(withdrawnLength, out var withdrawn)
            && reader.TryReadUInt16(out var attributesLength)
            && reader.TryReadOctets(attributesLength, out var attributes))
        {
            sections = new UpdateSections(withdrawn, attributes, reader.Rest);
            error = null;
            return true;
        }

        sections = default;
        error = DecodeError.Update(
            UpdateErrorSubcode.MalformedAttributeList, [], "the withdrawn routes or attributes run past the UPDATE");
        return false;
    }
}
