namespace Routing.Policy.Model;

/// <summary>Who may stand at an end of a rule's flows.</summary>
public abstract record PeerSpec
{
    private PeerSpec()
    {
    }

    /// <summary>Pods by labels.</summary>
    public sealed record Pods(PodSelection Selection) : PeerSpec;

    /// <summary>Nodes by labels: their own addresses, which are those of their host-network pods too.</summary>
    public sealed record Nodes(LabelSelector Selector) : PeerSpec;

    /// <summary>Whoever fulfils all of these conditions (Calico's EntityRule).</summary>
    /// <param name="Selection">Whom it has to be one of; null for anybody.</param>
    /// <param name="NotSelection">Whom it must not be one of; null for nobody.</param>
    /// <param name="Nets">Alternatives, one of which holds its address; empty for any address.</param>
    /// <param name="NotNets">None of these holds its address.</param>
    public sealed record Entity(
        PodSelection? Selection, PodSelection? NotSelection, EquatableArray<Cidr> Nets, EquatableArray<Cidr> NotNets)
        : PeerSpec;

    /// <summary>A Service's endpoints: as a destination at the ports that they serve it on, as a source at any.</summary>
    public sealed record Service(NamespacedName Name) : PeerSpec;

    /// <summary>Addresses that the cluster's DNS gave for names.</summary>
    public sealed record Domains(EquatableArray<DomainPattern> Names) : PeerSpec;

    /// <summary>Addresses, whoever has them; a pod's as well.</summary>
    public sealed record IpBlock(Cidr Cidr, EquatableArray<Cidr> Except) : PeerSpec
    {
        /// <summary>True when the address is in the block and in no exception.</summary>
        public bool Contains(Address address)
        {
            if (!Cidr.Contains(address))
            {
                return false;
            }

            foreach (var hole in Except)
            {
                if (hole.Contains(address))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>What is in the block and in no exception.</summary>
        public IEnumerable<AddressRange> Ranges() => Cidr.Range.Except(Except.Items.Select(hole => hole.Range));

        /// <inheritdoc/>
        public override string ToString() =>
            Except.Count == 0 ? $"{Cidr}" : $"{Cidr} except {string.Join(", ", Except.Items)}";
    }
}
