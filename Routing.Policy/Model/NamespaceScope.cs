namespace Routing.Policy.Model;

/// <summary>The namespaces in which a <see cref="PodSelection"/> looks.</summary>
public abstract record NamespaceScope
{
    private NamespaceScope()
    {
    }

    /// <summary>True when the namespace is in the scope.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="view">Its labels; null when they are not known.</param>
    public abstract bool Matches(string name, NamespaceView? view);

    /// <summary>Every namespace, also one that only its pods tell of.</summary>
    public sealed record Any : NamespaceScope
    {
        /// <inheritdoc/>
        public override bool Matches(string name, NamespaceView? view) => true;

        /// <inheritdoc/>
        public override string ToString() => "every namespace";
    }

    /// <summary>One namespace, usually the policy's own.</summary>
    public sealed record Named(string Name) : NamespaceScope
    {
        /// <inheritdoc/>
        public override bool Matches(string name, NamespaceView? view) => name == Name;

        /// <inheritdoc/>
        public override string ToString() => $"namespace '{Name}'";
    }

    /// <summary>Namespaces by their labels.</summary>
    public sealed record Labelled(LabelSelector Selector) : NamespaceScope
    {
        /// <summary>A namespace whose labels are not known is in no such scope, not even in that of the empty selector:
        /// what is not known does not open anything.</summary>
        public override bool Matches(string name, NamespaceView? view) =>
            view is not null && Selector.Matches(view.Labels);

        /// <inheritdoc/>
        public override string ToString() => $"namespaces '{Selector}'";
    }
}
