using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Bmp;
using Routing.Bgp.Mrt;

namespace Routing.Agent.Grpc;

/// <summary>Stations, logs and files of a speaker, as the command line asks for them.</summary>
internal static class MonitoringTranslator
{
    public static BmpStation ToProtocol(BmpStationStatus station, DateTimeOffset now) => new()
    {
        Name = station.Name,
        Address = station.EndPoint,
        Connected = station.IsConnected,
        StateSeconds = (now - station.Since).TotalSeconds,
        Connections = (uint)station.Connections,
        OctetsSent = (ulong)station.OctetsSent,
        LastError = station.LastError ?? "",
    };

    public static MrtLog ToProtocol(MrtLogStatus log) => new()
    {
        Directory = log.Directory,
        File = log.File ?? "",
        Records = (ulong)log.Records,
        Dropped = (ulong)log.Dropped,
        Error = log.Error ?? "",
    };

    public static MrtSource ToProtocol(MrtSourceStatus source) => new()
    {
        Name = source.Name,
        File = source.File,
        Done = source.IsDone,
        Records = (ulong)source.Records,
        Updates = (ulong)source.Updates,
        Malformed = (ulong)source.Malformed,
        Error = source.Error ?? "",
    };
}
