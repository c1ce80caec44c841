using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Ipam;
using Routing.Agent.Netlink;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>Finds a request's handler, and turns what it throws into the error object: the one place that knows which
/// code an exception has.</summary>
internal sealed partial class CniDispatcher(AttachmentService attachments, INodeState node, ILogger logger)
{
    private readonly Dictionary<CniCommand, ICniHandler> _handlers = new()
    {
        [CniCommand.Add] = new AddHandler(attachments),
        [CniCommand.Del] = new DelHandler(attachments),
        [CniCommand.Check] = new CheckHandler(attachments),
        [CniCommand.Status] = new StatusHandler(node),
        [CniCommand.Gc] = new GcHandler(attachments),
    };

    public async Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return _handlers.TryGetValue(request.Command, out var handler)
                ? await handler.HandleAsync(request, cancellationToken)
                : CniFailureException.Reply(CniErrorCode.DecodingFailure,
                    $"the agent does not know the command {(int)request.Command}; is routing-cni newer than it?");
        }
        catch (CniFailureException e)
        {
            return e.ToReply();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted(request);
        }
        catch (Exception e) when (CodeOf(e) is { } code)
        {
            return CniFailureException.Reply(code, e.Message);
        }
        catch (Exception e)
        {
            LogDefect(e, request.Command, request.ContainerId);
            return CniFailureException.Reply(CniErrorCode.Internal, $"the agent failed: {e.Message}", e.GetType().Name);
        }
    }

    /// <summary>The answer to a call that ran out of time, or that the agent's end interrupted; it was
    /// undone.</summary>
    public static CniReply Interrupted(CniRequest request) => CniFailureException.Reply(CniErrorCode.TryAgainLater,
        $"{request.Command.ToString().ToUpperInvariant()} of {request.ContainerId} was not finished "
        + $"within {request.TimeoutMilliseconds / 1000} s, or the agent is stopping; what was begun has been undone");

    private static CniErrorCode? CodeOf(Exception exception) => exception switch
    {
        NotReadyException or PodUnknownException => CniErrorCode.TryAgainLater,
        AddressesExhaustedException => CniErrorCode.AddressesExhausted,
        InvalidNamespaceException => CniErrorCode.InvalidEnvironment,
        InterfaceTakenException => CniErrorCode.InterfaceTaken,
        NetlinkException => CniErrorCode.KernelRefused,
        IOException or UnauthorizedAccessException => CniErrorCode.IoFailure,
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Error, "{Command} of container {ContainerId} failed by a defect")]
    private partial void LogDefect(Exception exception, CniCommand command, string containerId);
}
