using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Edits of AS_PATH; <see cref="AsPathEdits"/> has the algorithms.</summary>
internal sealed partial class AttributeEditor
{
    /// <summary>Puts an AS in front, several times if asked (RFC 4271 §5.1.2).</summary>
    public void PrependAs(uint asn, int count = 1)
    {
        for (; count > 0 && !IsOverflowing; count--)
        {
            TryFind(AttributeType.AsPath, out var path);
            var writer = PathWriter(path.Length + AsPath.MaxPrependedGrowth);
            AsPath.WritePrepended(ref writer, path, asn);
            SetAsPath(writer.Written);
        }
    }

    /// <summary>Takes the confederation's segments out (RFC 5065 §4.1 c).</summary>
    public void RemoveConfederationSegments()
    {
        TryFind(AttributeType.AsPath, out var path);
        var writer = PathWriter(path.Length);
        AsPathEdits.WriteWithoutConfederation(ref writer, path);
        SetAsPath(writer.Written);
    }

    /// <summary>Puts one AS number in the place of another, wherever it stands.</summary>
    public void ReplaceAs(uint asn, uint by)
    {
        TryFind(AttributeType.AsPath, out var path);
        var writer = PathWriter(path.Length);
        AsPathEdits.WriteReplaced(ref writer, path, asn, by);
        SetAsPath(writer.Written);
    }

    /// <summary>Takes private AS numbers out, or puts another in their place (RFC 6996).</summary>
    /// <param name="scope">Which.</param>
    /// <param name="keep">An AS number that stays: the neighbour's own, which must find itself.</param>
    /// <param name="replacement">What comes in their place; 0 takes them out.</param>
    public void RemovePrivateAs(PrivateAsScope scope, uint keep, uint replacement = 0)
    {
        TryFind(AttributeType.AsPath, out var path);
        if (scope == PrivateAsScope.None || !AsPathEdits.HasPrivate(path, scope))
        {
            return;
        }

        var writer = PathWriter(path.Length);
        AsPathEdits.WriteWithoutPrivate(ref writer, path, keep, replacement);
        SetAsPath(writer.Written);
    }

    /// <summary>Makes the path what is given.</summary>
    /// <param name="path">A well-formed path with AS numbers of four octets; not a span of this editor's result.</param>
    public void SetAsPath(scoped ReadOnlySpan<byte> path) => Set(WellKnown, AttributeType.AsPath, path);

    private WireWriter PathWriter(int length)
    {
        EnsureCapacity(ref _scratch, length);
        return new WireWriter(_scratch);
    }
}
