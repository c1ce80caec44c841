using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace Routing.Agent.Cli;

/// <summary>A gRPC channel to a running agent or speaker over its Unix socket.</summary>
internal sealed class AgentConnection : IDisposable
{
    private readonly GrpcChannel _channel;

    private AgentConnection(GrpcChannel channel) => _channel = channel;

    /// <summary>For generated clients.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>Asks and prints; what goes wrong on the way becomes one line.</summary>
    /// <exception cref="UserErrorException">There is nobody to ask, or the answer is an error.</exception>
    public static async Task<T> AskAsync<T>(string socketPath, Func<CallInvoker, Task<T>> ask)
    {
        if (!File.Exists(socketPath))
        {
            throw new UserErrorException($"no agent at {socketPath}: is it running? {Remedy}");
        }

        using var connection = Open(socketPath);
        try
        {
            return await ask(connection.Invoker);
        }
        catch (RpcException e) when (FindSocketError(e) is { } socketError)
        {
            throw new UserErrorException(socketError is SocketError.AccessDenied
                ? $"no permission for {socketPath}: ask as root"
                : $"nobody listens at {socketPath}: the agent has ended; start it again. {Remedy}");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
        {
            throw new OperationCanceledException(e.Status.Detail, e);
        }
        catch (RpcException e)
        {
            throw new UserErrorException($"{socketPath}: {e.Status.Detail}");
        }
    }

    public void Dispose() => _channel.Dispose();

    private const string Remedy = "Another agent is named with --socket PATH, a node of the lab with --node NAME";

    /// <summary>Opens a channel; whether anybody listens shows at the first call, and each call tries anew.</summary>
    public static AgentConnection Open(string socketPath)
    {
        var endpoint = new UnixDomainSocketEndPoint(socketPath);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(endpoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new AgentConnection(GrpcChannel.ForAddress(
            "http://agent", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }));
    }

    private static SocketError? FindSocketError(Exception exception)
    {
        for (var e = exception is RpcException { Status.DebugException: { } inner } ? inner : exception;
             e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }
}
