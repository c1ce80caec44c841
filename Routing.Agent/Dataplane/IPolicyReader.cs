using Routing.Policy.Controller;

namespace Routing.Agent.Dataplane;

/// <summary>Whoever owns a <see cref="NodePolicy"/> and answers questions about it.</summary>
internal interface IPolicyReader
{
    /// <summary>Asks the policy something, on its owner's thread. The answer must not carry anything mutable out.</summary>
    Task<T> ReadAsync<T>(Func<NodePolicy, T> look, CancellationToken cancellationToken);
}
