namespace Routing.Policy.Render.Iptables;

/// <summary>Sets that stand beside an ipset while it is edited: rules ask them as well, so that all of an edit holds from
/// one moment on, and the ipset itself can be edited element by element behind them.</summary>
/// <param name="Added">Holds what comes; null when nothing does.</param>
/// <param name="Removed">Holds what goes; null when nothing does.</param>
/// <param name="Replaces">The set itself is not asked: it is made anew with another type.</param>
public sealed record IpsetEdit(string? Added, string? Removed, bool Replaces = false);
