using System.Net;
using System.Net.Sockets;
using Routing.Agent.Namespaces;

namespace Routing.Tests.Lab;

/// <summary>A new connection from one pod to another every few milliseconds. Lost is one that fails, and one for which the kernel
/// had to send a packet again: it knows, whereas the time a connection takes also depends on how busy the machine is.</summary>
internal sealed class ContinuousFlows : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly NetworkNamespace _inside;
    private readonly IPEndPoint _target;
    private readonly Task _loop;
    private int _sent;
    private int _answered;
    private int _lost;

    private ContinuousFlows(NetworkNamespace inside, IPEndPoint target)
    {
        (_inside, _target) = (inside, target);
        _loop = Task.Run(RunAsync);
    }

    public int Sent => Volatile.Read(ref _sent);

    public int Lost => Volatile.Read(ref _lost);

    public static ContinuousFlows Start(
        LabMachine machine, (string Namespace, string Address) from, (string Namespace, string Address) to, int port) =>
        new(NetworkNamespace.OpenPath(machine.Path($"/run/netns/{from.Namespace}")), new IPEndPoint(IPAddress.Parse(to.Address), port));

    /// <summary>Waits until a hundred more were answered.</summary>
    public Task HaveMovedAsync()
    {
        var goal = Volatile.Read(ref _answered) + 100;
        return Until.TrueAsync("connections are answered", () => Volatile.Read(ref _answered) >= goal);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _inside.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var running = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            running.Add(ConnectAsync(_inside.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)));
            running.RemoveAll(task => task.IsCompletedSuccessfully);
            await Task.Delay(Interval);
        }

        await Task.WhenAll(running);
    }

    private async Task ConnectAsync(Socket socket)
    {
        using (socket)
        using (var patience = new CancellationTokenSource(Patience))
        {
            Interlocked.Increment(ref _sent);
            try
            {
                await socket.ConnectAsync(_target, patience.Token);
                await socket.ReceiveAsync(new byte[64], SocketFlags.None, patience.Token);
                Interlocked.Increment(ref _answered);
                if (Retransmissions(socket) > 0)
                {
                    Interlocked.Increment(ref _lost);
                }
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                Interlocked.Increment(ref _lost);
            }
        }
    }

    private static uint Retransmissions(Socket socket)
    {
        const int tcp = 6, tcpInfo = 11, totalRetransmissions = 100; // IPPROTO_TCP, TCP_INFO, tcpi_total_retrans (linux/tcp.h)
        Span<byte> info = stackalloc byte[104];
        socket.GetRawSocketOption(tcp, tcpInfo, info);
        return BitConverter.ToUInt32(info[totalRetransmissions..]);
    }
}
