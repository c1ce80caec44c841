namespace Routing.Bgp.Bmp;

/// <summary>The tables that one reader of the journal tells of.</summary>
internal enum MonitoredTable : byte
{
    AdjRibInPrePolicy,
    AdjRibInPostPolicy,
    LocRib,
}
