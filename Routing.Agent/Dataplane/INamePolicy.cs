using System.Collections.Immutable;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane;

/// <summary>Takes what names stand for.</summary>
internal interface INamePolicy
{
    /// <summary>The names that policies of this node's pods have; null before that is known.</summary>
    ImmutableHashSet<DomainPattern>? NamesInUse { get; }

    /// <summary>Takes a change that nobody waits for; waits while there is no room.</summary>
    /// <param name="note">Tells the policy.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask NoteNamesAsync(Action<NodePolicy> note, CancellationToken cancellationToken);

    /// <summary>Takes a change, and waits until it is in the kernel. While nothing comes to be there (inputs are not known yet, rules
    /// are refused) it does not wait.</summary>
    /// <inheritdoc cref="NoteNamesAsync"/>
    Task CommitNamesAsync(Action<NodePolicy> note, CancellationToken cancellationToken);
}
