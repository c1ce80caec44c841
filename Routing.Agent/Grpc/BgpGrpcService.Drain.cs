using Grpc.Core;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Speaker;
using Routing.Bgp.Speaker.Drain;

namespace Routing.Agent.Grpc;

/// <summary>Taking sessions out of service.</summary>
internal sealed partial class BgpGrpcService
{
    public override async Task Drain(
        DrainRequest request, IServerStreamWriter<DrainStatus> responseStream, ServerCallContext context)
    {
        var speaker = Speaker();
        var defaults = new DrainOptions();
        var options = new DrainOptions
        {
            Peers = [.. request.Names.Select(name => FindPeer(speaker, name)).Distinct()],
            Reason = NullIfEmpty(request.Reason),
            Timeout = Seconds(request.TimeoutSeconds, defaults.Timeout),
            SettleTime = Seconds(request.SettleSeconds, defaults.SettleTime),
            ShutsDown = !request.KeepUp,
        };
        var traffic = new InterfaceTraffic(time, await LocalAddressesAsync(speaker, context.CancellationToken));
        await foreach (var progress in speaker.DrainAsync(options, context.CancellationToken))
        {
            await responseStream.WriteAsync(Translate(progress, traffic), context.CancellationToken);
        }
    }

    private static async Task<Dictionary<string, System.Net.IPAddress>> LocalAddressesAsync(
        BgpSpeaker speaker, CancellationToken cancellationToken) =>
        (await speaker.GetPeersAsync(cancellationToken))
            .Where(peer => peer.Transport.Local is not null)
            .ToDictionary(peer => peer.Name, peer => peer.Transport.Local!.Address);

    private static DrainStatus Translate(DrainProgress progress, InterfaceTraffic traffic)
    {
        var status = new DrainStatus
        {
            Stage = progress.Stage.ToString(),
            ElapsedSeconds = progress.Elapsed.TotalSeconds,
            ShutDown = progress.HasShutDown,
        };
        var rates = traffic.Read();
        foreach (var peer in progress.Peers)
        {
            var (name, rate) = rates.GetValueOrDefault(peer.Peer, ("", 0));
            status.Peers.Add(new PeerDrain
            {
                Peer = peer.Peer,
                Told = peer.IsTold,
                Advertised = (uint)peer.Advertised,
                MovedAway = (uint)peer.MovedAway,
                InUse = (uint)peer.InUse,
                Interface = name,
                OctetsReceivedPerSecond = rate,
            });
        }

        return status;
    }

    private static TimeSpan Seconds(double seconds, TimeSpan otherwise) =>
        seconds > 0 ? TimeSpan.FromSeconds(seconds) : otherwise;
}
