using System.Net;
using System.Net.Sockets;

namespace Routing.Tests.Fakes;

/// <summary>Passes TCP connections on, until it is told to be deaf to those that are open: they stay open, and nothing comes through.
/// </summary>
internal sealed class DeafProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _server;
    private readonly Task _running;
    private CancellationTokenSource _deaf = new();

    public DeafProxy(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Those that are open are dead from now on; new ones are not.</summary>
    public void Deafen() => Interlocked.Exchange(ref _deaf, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Accepted++;
                passing.Add(PassAsync(client, _deaf.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient client, CancellationToken deaf)
    {
        using var server = new TcpClient();
        using (client)
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(deaf, _stop.Token))
        {
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream(), either.Token), server.GetStream().CopyToAsync(client.GetStream(), either.Token));
                if (deaf.IsCancellationRequested)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token); // the sockets stay open
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // an end went away
            }
        }
    }
}
