namespace Routing.Bgp.Bmp;

/// <summary>Which routes a station gets.</summary>
[Flags]
public enum BmpViews
{
    /// <summary>None: sessions and statistics alone.</summary>
    None = 0,

    /// <summary>What peers sent, before the import policy (RFC 7854 §5).</summary>
    AdjRibInPrePolicy = 1,

    /// <summary>What the import policy left and made of it (RFC 7854 §5).</summary>
    AdjRibInPostPolicy = 2,

    /// <summary>The best paths (RFC 9069).</summary>
    LocRib = 4,

    /// <summary>What would be told to peers but for the export policy (RFC 8671 §3).</summary>
    AdjRibOutPrePolicy = 8,

    /// <summary>What is told to peers (RFC 8671 §3).</summary>
    AdjRibOutPostPolicy = 16,
}
