using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Cni;
using Routing.Agent.Dataplane;

namespace Routing.Benchmarks.Cni;

/// <summary>The agent's CNI half in this process, as `routing agent` composes it.</summary>
internal sealed class BenchmarkNode : INodeState, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AttachmentService _attachments;
    private readonly CniServer _server;
    private readonly Task _running;

    public BenchmarkNode(string folder, IReadOnlyList<IPNetwork> podCidrs, IPodPolicy policy)
    {
        PodCidrs = podCidrs;
        Socket = Path.Combine(folder, "cni.sock");
        var attachments = Path.Combine(folder, "attachments");
        _attachments = new AttachmentService(
            new AttachmentOptions(), AttachmentStore.Open(attachments), this, policy, new PodKernel(),
            TimeProvider.System, NullLogger<AttachmentService>.Instance);
        _attachments.Reconcile();
        _server = new CniServer(
            new CniServerOptions { SocketPath = Socket }, _attachments, this, TimeProvider.System, NullLogger<CniServer>.Instance);
        _server.Listen();
        _running = _server.RunAsync(_stop.Token);
    }

    public string Socket { get; }

    public IReadOnlyList<IPNetwork> PodCidrs { get; }

    public string? NotReadyReason => null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _server.Dispose();
        _attachments.Dispose();
        _stop.Dispose();
    }
}
