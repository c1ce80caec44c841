namespace Routing.Bgp.Rpki;

/// <summary>The tables have changed.</summary>
/// <param name="View">What is known now.</param>
/// <param name="ChangedRoas">Payloads that came or went: only routes that these cover may have another origin
/// validity.</param>
/// <param name="AspasChanged">Any path may have another validity.</param>
internal sealed record RpkiChange(RpkiView View, RoaTable ChangedRoas, bool AspasChanged);
