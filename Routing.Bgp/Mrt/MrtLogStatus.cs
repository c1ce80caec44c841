namespace Routing.Bgp.Mrt;

/// <summary>An update log at one moment.</summary>
/// <param name="Directory">Where its files are.</param>
/// <param name="File">The file being written; null while there is none.</param>
/// <param name="Records">Records taken.</param>
/// <param name="Dropped">Records lost, because the disk was slower than the sessions or refused to be written.</param>
/// <param name="Error">What the disk said last; null while all is well.</param>
public sealed record MrtLogStatus(string Directory, string? File, long Records, long Dropped, string? Error);
