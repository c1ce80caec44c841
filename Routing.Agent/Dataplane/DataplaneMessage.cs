using System.Collections.Immutable;
using Routing.Agent.Attachments;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane;

/// <summary>What the <see cref="DataplaneLoop"/> finds in its inbox.</summary>
internal abstract record DataplaneMessage
{
    private DataplaneMessage()
    {
    }

    /// <summary>Objects of the API server changed.</summary>
    /// <param name="Input">Which kind.</param>
    /// <param name="IsFullList">All objects of the kind are in it.</param>
    /// <param name="Note">Tells the policy.</param>
    public sealed record Change(PolicyInput Input, bool IsFullList, Action<NodePolicy> Note) : DataplaneMessage;

    /// <summary>The API server cannot be followed for a kind, or can be again.</summary>
    public sealed record Gap(PolicyInput Input, bool IsOver) : DataplaneMessage;

    /// <summary>A pod is being attached.</summary>
    public sealed record Commit(Attachment Attachment, TaskCompletionSource Done) : DataplaneMessage;

    /// <summary>A pod was detached.</summary>
    public sealed record Remove(AttachmentKey Key, TaskCompletionSource Done) : DataplaneMessage;

    /// <summary>The node has these interfaces of its own now.</summary>
    public sealed record Interfaces(ImmutableArray<HostInterface> All) : DataplaneMessage;

    /// <summary>Names stand for other addresses.</summary>
    /// <param name="Note">Tells the policy.</param>
    /// <param name="Done">Waits for the transaction; null when nobody does.</param>
    public sealed record Names(Action<NodePolicy> Note, TaskCompletionSource? Done) : DataplaneMessage;

    /// <summary>Somebody wants to know something.</summary>
    public sealed record Read(Action<NodePolicy> Look) : DataplaneMessage;

    /// <summary>A time has come that the loop waits for.</summary>
    public sealed record Tick : DataplaneMessage
    {
        public static Tick Instance { get; } = new();
    }
}
