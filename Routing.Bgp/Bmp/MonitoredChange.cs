namespace Routing.Bgp.Bmp;

/// <summary>What a station has still to be told.</summary>
/// <param name="Row">The prefix.</param>
/// <param name="Name">Which of its routes.</param>
/// <param name="Attributes">Its attributes now; 0 when it is gone.</param>
internal readonly record struct MonitoredChange(int Row, RouteName Name, int Attributes);
