namespace Routing.Bgp.Rib;

/// <summary>A neighbour has come near a limit, or over it.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Count">What counts now.</param>
internal sealed record PrefixLimitNotice(PrefixLimit Limit, int Count)
{
    /// <summary>More than allowed.</summary>
    public bool IsExceeded => Count > Limit.Maximum;

    /// <summary>The session has to end.</summary>
    public bool EndsSession => IsExceeded && !Limit.WarningOnly;
}
