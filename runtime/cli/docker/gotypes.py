"""The Go types behind `docker inspect`, `info` and `version`, so that templates see what Docker's own client sees.

A struct is one line of fields, `Name[:json] type[?]`, `?` for omitempty; an unknown type is an empty struct. The
order is the order Go prints and encodes. `.Id` is not here: Go's field is `ID`, and the client answers `.Id` from
the plain JSON when the typed value refuses, as Docker's does.
"""

from __future__ import annotations

from .templates import values

BASE = "ID:Id string; Created string; Path string; Args []string; State *container.State; Image string; ResolvConfPath string; HostnamePath string; HostsPath string; LogPath string; Name string; RestartCount int; Driver string; Platform string; MountLabel string; ProcessLabel string; AppArmorProfile string; ExecIDs []string; HostConfig *container.HostConfig; GraphDriver storage.DriverData; SizeRw *int64?; SizeRootFs *int64?"  # noqa: E501
CONFIG = "Hostname string; Domainname string; User string; AttachStdin bool; AttachStdout bool; AttachStderr bool; ExposedPorts nat.PortSet?; Tty bool; OpenStdin bool; StdinOnce bool; Env []string; Cmd strslice.StrSlice; Healthcheck *v1.HealthcheckConfig?; ArgsEscaped bool?; Image string; Volumes map[string]struct {}; WorkingDir string; Entrypoint strslice.StrSlice; NetworkDisabled bool?; MacAddress string?; OnBuild []string; Labels map[string]string; StopSignal string?; StopTimeout *int?; Shell strslice.StrSlice?"  # noqa: E501
RESOURCES = "CPUShares:CpuShares int64; Memory int64; NanoCPUs:NanoCpus int64; CgroupParent string; BlkioWeight uint16; BlkioWeightDevice []*blkiodev.WeightDevice; BlkioDeviceReadBps []*blkiodev.ThrottleDevice; BlkioDeviceWriteBps []*blkiodev.ThrottleDevice; BlkioDeviceReadIOps []*blkiodev.ThrottleDevice; BlkioDeviceWriteIOps []*blkiodev.ThrottleDevice; CPUPeriod:CpuPeriod int64; CPUQuota:CpuQuota int64; CPURealtimePeriod:CpuRealtimePeriod int64; CPURealtimeRuntime:CpuRealtimeRuntime int64; CpusetCpus string; CpusetMems string; Devices []container.DeviceMapping; DeviceCgroupRules []string; DeviceRequests []container.DeviceRequest; KernelMemory int64?; KernelMemoryTCP int64?; MemoryReservation int64; MemorySwap int64; MemorySwappiness *int64; OomKillDisable *bool; PidsLimit *int64; Ulimits []*units.Ulimit; CPUCount:CpuCount int64; CPUPercent:CpuPercent int64; IOMaximumIOps uint64; IOMaximumBandwidth uint64"  # noqa: E501

STRUCTS = {
    "container.InspectResponse": BASE
    + "; Mounts []container.MountPoint; Config *container.Config; NetworkSettings *container.NetworkSettings; ImageManifestDescriptor *v1.Descriptor?",  # noqa: E501
    "container.State": "Status string; Running bool; Paused bool; Restarting bool; OOMKilled bool; Dead bool; Pid int; ExitCode int; Error string; StartedAt string; FinishedAt string; Health *container.Health?",  # noqa: E501
    "container.Health": "Status string; FailingStreak int; Log []*container.HealthcheckResult",
    "container.HealthcheckResult": "Start time.Time; End time.Time; ExitCode int; Output string",
    "container.MountPoint": "Type string?; Name string?; Source string; Destination string; Driver string?; Mode string; RW bool; Propagation string",  # noqa: E501
    "container.Config": CONFIG,
    "v1.HealthcheckConfig": "Test []string?; Interval time.Duration?; Timeout time.Duration?; StartPeriod time.Duration?; StartInterval time.Duration?; Retries int?",  # noqa: E501
    "container.HostConfig": "Binds []string; ContainerIDFile string; LogConfig container.LogConfig; NetworkMode string; PortBindings nat.PortMap; RestartPolicy container.RestartPolicy; AutoRemove bool; VolumeDriver string; VolumesFrom []string; ConsoleSize [2]uint; Annotations map[string]string?; CapAdd strslice.StrSlice; CapDrop strslice.StrSlice; CgroupnsMode string; DNS:Dns []string; DNSOptions:DnsOptions []string; DNSSearch:DnsSearch []string; ExtraHosts []string; GroupAdd []string; IpcMode string; Cgroup string; Links []string; OomScoreAdj int; PidMode string; Privileged bool; PublishAllPorts bool; ReadonlyRootfs bool; SecurityOpt []string; StorageOpt map[string]string?; Tmpfs map[string]string?; UTSMode string; UsernsMode string; ShmSize int64; Sysctls map[string]string?; Runtime string?; Isolation string; Resources:+ container.Resources; Mounts []mount.Mount?; MaskedPaths []string; ReadonlyPaths []string; Init *bool?",  # noqa: E501
    "container.Resources": RESOURCES,
    "container.LogConfig": "Type string; Config map[string]string",
    "container.RestartPolicy": "Name string; MaximumRetryCount int",
    "container.DeviceMapping": "PathOnHost string; PathInContainer string; CgroupPermissions string",
    "container.DeviceRequest": "Driver string; Count int; DeviceIDs []string; Capabilities [][]string; Options map[string]string",  # noqa: E501
    "blkiodev.WeightDevice": "Path string; Weight uint16",
    "blkiodev.ThrottleDevice": "Path string; Rate uint64",
    "units.Ulimit": "Name string; Hard int64; Soft int64",
    "mount.Mount": "Type string?; Source string?; Target string?; ReadOnly bool?; Consistency string?; BindOptions *mount.BindOptions?; VolumeOptions *mount.VolumeOptions?; ImageOptions *mount.ImageOptions?; TmpfsOptions *mount.TmpfsOptions?; ClusterOptions *mount.ClusterOptions?",  # noqa: E501
    "mount.BindOptions": "Propagation string?; NonRecursive bool?; CreateMountpoint bool?; ReadOnlyNonRecursive bool?; ReadOnlyForceRecursive bool?",  # noqa: E501
    "mount.VolumeOptions": "NoCopy bool?; Labels map[string]string?; Subpath string?; DriverConfig *mount.Driver?",
    "mount.Driver": "Name string?; Options map[string]string?",
    "mount.ImageOptions": "Subpath string?",
    "mount.TmpfsOptions": "SizeBytes int64?; Mode uint32?; Options [][]string?",
    "nat.PortBinding": "HostIP:HostIp string; HostPort string",
    "container.NetworkSettings": "NetworkSettingsBase:+ container.NetworkSettingsBase; DefaultNetworkSettings:+ container.DefaultNetworkSettings; Networks map[string]*network.EndpointSettings",  # noqa: E501
    "container.NetworkSettingsBase": "Bridge string; SandboxID string; SandboxKey string; Ports nat.PortMap; HairpinMode bool; LinkLocalIPv6Address string; LinkLocalIPv6PrefixLen int; SecondaryIPAddresses []network.Address; SecondaryIPv6Addresses []network.Address",  # noqa: E501
    "container.DefaultNetworkSettings": "EndpointID string; Gateway string; GlobalIPv6Address string; GlobalIPv6PrefixLen int; IPAddress string; IPPrefixLen int; IPv6Gateway string; MacAddress string",  # noqa: E501
    "network.Address": "Addr string; PrefixLen int",
    "network.EndpointSettings": "IPAMConfig *network.EndpointIPAMConfig; Links []string; Aliases []string; MacAddress string; DriverOpts map[string]string; GwPriority int; NetworkID string; EndpointID string; Gateway string; IPAddress string; IPPrefixLen int; IPv6Gateway string; GlobalIPv6Address string; GlobalIPv6PrefixLen int; DNSNames []string",  # noqa: E501
    "network.EndpointIPAMConfig": "IPv4Address string?; IPv6Address string?; LinkLocalIPs []string?",
    "storage.DriverData": "Data map[string]string; Name string",
    "image.InspectResponse": "ID:Id string; RepoTags []string; RepoDigests []string; Parent string; Comment string; Created string?; Container string?; ContainerConfig *container.Config?; DockerVersion string; Author string; Config *v1.DockerOCIImageConfig; Architecture string; Variant string?; Os string; OsVersion string?; Size int64; VirtualSize int64?; GraphDriver storage.DriverData; RootFS image.RootFS; Metadata image.Metadata; Descriptor *v1.Descriptor?; Manifests []image.ManifestSummary?",  # noqa: E501
    "v1.DockerOCIImageConfig": "ImageConfig:+ v1.ImageConfig; DockerOCIImageConfigExt:+ v1.DockerOCIImageConfigExt",
    "v1.ImageConfig": "User string?; ExposedPorts map[string]struct {}?; Env []string?; Entrypoint []string?; Cmd []string?; Volumes map[string]struct {}?; WorkingDir string?; Labels map[string]string?; StopSignal string?; ArgsEscaped bool?",  # noqa: E501
    "v1.DockerOCIImageConfigExt": "Healthcheck *v1.HealthcheckConfig?; OnBuild []string?; Shell []string?",
    "v1.Descriptor": "MediaType:mediaType string; Digest:digest string; Size:size int64; URLs:urls []string?; Annotations:annotations map[string]string?; Data:data []uint8?; Platform:platform *v1.Platform?; ArtifactType:artifactType string?",  # noqa: E501
    "v1.Platform": "Architecture:architecture string; OS:os string; OSVersion:os.version string?; OSFeatures:os.features []string?; Variant:variant string?",  # noqa: E501
    "image.RootFS": "Type string?; Layers []string?",
    "image.Metadata": "LastTagTime time.Time?",
    "network.Inspect": "Name string; ID:Id string; Created time.Time; Scope string; Driver string; EnableIPv4 bool; EnableIPv6 bool; IPAM network.IPAM; Internal bool; Attachable bool; Ingress bool; ConfigFrom network.ConfigReference; ConfigOnly bool; Containers map[string]network.EndpointResource; Options map[string]string; Labels map[string]string; Peers []network.PeerInfo?; Services map[string]network.ServiceInfo?",  # noqa: E501
    "network.IPAM": "Driver string; Options map[string]string; Config []network.IPAMConfig",
    "network.IPAMConfig": "Subnet string?; IPRange string?; Gateway string?; AuxAddress:AuxiliaryAddresses map[string]string?",  # noqa: E501
    "network.ConfigReference": "Network string",
    "network.EndpointResource": "Name string; EndpointID string; MacAddress string; IPv4Address string; IPv6Address string",  # noqa: E501
    "network.PeerInfo": "Name string; IP string",
    "volume.Volume": "ClusterVolume *volume.ClusterVolume?; CreatedAt string?; Driver string; Labels map[string]string; Mountpoint string; Name string; Options map[string]string; Scope string; Status map[string]interface {}?; UsageData *volume.UsageData?",  # noqa: E501
    "volume.UsageData": "RefCount int64; Size int64",
    "system.Info": "ID string; Containers int; ContainersRunning int; ContainersPaused int; ContainersStopped int; Images int; Driver string; DriverStatus [][2]string; SystemStatus [][2]string?; Plugins system.PluginsInfo; MemoryLimit bool; SwapLimit bool; KernelMemory bool?; KernelMemoryTCP bool?; CPUCfsPeriod:CpuCfsPeriod bool; CPUCfsQuota:CpuCfsQuota bool; CPUShares bool; CPUSet bool; PidsLimit bool; IPv4Forwarding bool; Debug bool; NFd int; OomKillDisable bool; NGoroutines int; SystemTime string; LoggingDriver string; CgroupDriver string; CgroupVersion string?; NEventsListener int; KernelVersion string; OperatingSystem string; OSVersion string; OSType string; Architecture string; IndexServerAddress string; RegistryConfig *registry.ServiceConfig; NCPU int; MemTotal int64; GenericResources []swarm.GenericResource; DockerRootDir string; HTTPProxy:HttpProxy string; HTTPSProxy:HttpsProxy string; NoProxy string; Name string; Labels []string; ExperimentalBuild bool; ServerVersion string; Runtimes map[string]system.RuntimeWithStatus; DefaultRuntime string; Swarm swarm.Info; LiveRestoreEnabled bool; Isolation string; InitBinary string; ContainerdCommit system.Commit; RuncCommit system.Commit; InitCommit system.Commit; SecurityOptions []string; ProductLicense string?; DefaultAddressPools []system.NetworkAddressPool?; FirewallBackend *system.FirewallInfo?; CDISpecDirs []string; DiscoveredDevices []system.DeviceInfo?; Containerd *system.ContainerdInfo?; Warnings []string",  # noqa: E501
    "system.PluginsInfo": "Volume []string; Network []string; Authorization []string; Log []string",
    "system.Commit": "ID string; Expected string?",
    "system.RuntimeWithStatus": "Runtime:+ system.Runtime; Status:status map[string]string?",
    "system.Runtime": "Path:path string?; Args:runtimeArgs []string?; Type:runtimeType string?; Options:options map[string]interface {}?",  # noqa: E501
    "registry.ServiceConfig": "IndexConfigs map[string]*registry.IndexInfo; InsecureRegistryCIDRs []string; Mirrors []string",  # noqa: E501
    "registry.IndexInfo": "Mirrors []string; Name string; Official bool; Secure bool",
    "swarm.Info": "NodeID string; NodeAddr string; LocalNodeState string; ControlAvailable bool; Error string; RemoteManagers []swarm.Peer; Nodes int?; Managers int?; Cluster *swarm.ClusterInfo?; Warnings []string?",  # noqa: E501
    "swarm.Peer": "NodeID string; Addr string",
    "swarm.ClusterInfo": "ID string; Version swarm.Version; CreatedAt time.Time; UpdatedAt time.Time; Spec interface {}; TLSInfo interface {}; RootRotationInProgress bool; DefaultAddrPool []string; SubnetSize uint32; DataPathPort uint32",  # noqa: E501
    "swarm.Version": "Index uint64",
    "system.dockerInfo": "",
    "system.clientInfo": "Debug bool; Platform *system.platformInfo?; Version string?; APIVersion:ApiVersion string?; DefaultAPIVersion string?; GitCommit string?; GoVersion string?; Os string?; Arch string?; BuildTime string?; Context string; Plugins []manager.Plugin; Warnings []string",  # noqa: E501
    "manager.Plugin": "SchemaVersion string?; Vendor string?; Version string?; ShortDescription string?; Name string; Path string",  # noqa: E501
    "system.versionInfo": "Client system.clientVersion; Server *types.Version",
    "system.platformInfo": "Name string?",
    "types.platform": "Name string",
    "system.clientVersion": "Platform *system.platformInfo?; Version string?; APIVersion:ApiVersion string?; DefaultAPIVersion string?; GitCommit string?; GoVersion string?; Os string?; Arch string?; BuildTime string?; Context string",  # noqa: E501
    "types.Version": "Platform types.platform?; Components []types.ComponentVersion?; Version string; APIVersion:ApiVersion string; MinAPIVersion string?; GitCommit string; GoVersion string; Os string; Arch string; KernelVersion string?; Experimental bool?; BuildTime string?",  # noqa: E501
    "types.ComponentVersion": "Name string; Version string; Details map[string]string?",
}
STRUCTS["system.dockerInfo"] = (
    STRUCTS["system.Info"]
    + "; ServerErrors []string?; UserName:- string; ClientInfo *system.clientInfo?; ClientErrors []string?"
)

values.catalogue.append(STRUCTS.get)
