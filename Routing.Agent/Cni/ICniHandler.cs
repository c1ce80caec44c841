using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>One CNI command.</summary>
internal interface ICniHandler
{
    /// <summary>Does it.</summary>
    /// <exception cref="CniFailureException">It fails in a way that has a code of its own; <see cref="CniDispatcher"/>
    /// knows the codes of the domain's exceptions.</exception>
    Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken);
}
